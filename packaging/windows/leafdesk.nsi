; The installer for Windows: per user (no administrator on a farm's laptop), silent with /S, removed like any program.
; makensis -WX -DVERSION=0.1.0 -DBUNDLE=..\..\build\bundle\leafdesk -DOUT=..\..\dist\leafdesk-0.1.0-windows-installer.exe leafdesk.nsi
Unicode true
!include MUI2.nsh
!include FileFunc.nsh
!ifndef VERSION
  !error "pass -DVERSION=x.y.z"
!endif
!ifndef BUNDLE
  !error "pass -DBUNDLE=folder"
!endif
!ifndef OUT
  !error "pass -DOUT=installer.exe"
!endif
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Leafdesk"

Name "Leafdesk"
OutFile "${OUT}"
SetCompressor /SOLID lzma
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Leafdesk"
InstallDirRegKey HKCU "Software\Leafdesk" "InstallDir"
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Leafdesk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Leafdesk installer"
VIAddVersionKey "CompanyName" "The Leafdesk authors"
VIAddVersionKey "LegalCopyright" "The Leafdesk authors, MIT licence"

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\leafdesk.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "PortugueseBR"

; "Open with Leafdesk" beside whatever opens such files now; the default of nobody is changed.
!define OPENS "Leafdesk.Fields"
!macro EachEnding do
  !insertmacro ${do} ".geojson"
  !insertmacro ${do} ".geojsonl"
  !insertmacro ${do} ".kml"
  !insertmacro ${do} ".kmz"
  !insertmacro ${do} ".shp"
  !insertmacro ${do} ".zip"
!macroend
!macro Offer ending
  WriteRegStr HKCU "Software\Classes\${ending}\OpenWithProgids" "${OPENS}" ""
!macroend
!macro Withdraw ending
  DeleteRegValue HKCU "Software\Classes\${ending}\OpenWithProgids" "${OPENS}"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ending}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\${ending}"
!macroend
; Hand-overs are Leafdesk's own.
!define HANDOVER "Leafdesk.HandOver"
!define HANDOVER_ENDING "Software\Classes\.leafdesk-handover"
!macro TellTheShell
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

; A file that a running Leafdesk holds cannot be replaced: say so, or with /S stop with an error, before anything is touched.
!macro StopWhileRunning un
Function ${un}StopWhileRunning
  IfFileExists "$INSTDIR\leafdesk.exe" 0 free
  ClearErrors
  FileOpen $0 "$INSTDIR\leafdesk.exe" a
  IfErrors 0 close
  MessageBox MB_OK|MB_ICONEXCLAMATION "Leafdesk is open. Close it, then start this again; nothing was changed." /SD IDOK
  SetErrorLevel 2
  Abort
close:
  FileClose $0
free:
FunctionEnd
!macroend
!insertmacro StopWhileRunning ""
!insertmacro StopWhileRunning "un."

Section "Leafdesk"
  Call StopWhileRunning
  RMDir /r "$INSTDIR\_internal" ; what an older version left there must not be loaded; the user's data are elsewhere
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\Leafdesk.lnk" "$INSTDIR\leafdesk.exe"
  WriteRegStr HKCU "Software\Leafdesk" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Leafdesk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\leafdesk.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Leafdesk authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  WriteRegStr HKCU "Software\Classes\${OPENS}" "" "Field boundaries"
  WriteRegStr HKCU "Software\Classes\${OPENS}\DefaultIcon" "" "$INSTDIR\leafdesk.exe,0"
  WriteRegStr HKCU "Software\Classes\${OPENS}\shell\open" "FriendlyAppName" "Leafdesk"
  WriteRegStr HKCU "Software\Classes\${OPENS}\shell\open\command" "" '"$INSTDIR\leafdesk.exe" "%1"'
  !insertmacro EachEnding Offer
  WriteRegStr HKCU "Software\Classes\${HANDOVER}" "" "Leafdesk hand-over"
  WriteRegStr HKCU "Software\Classes\${HANDOVER}\DefaultIcon" "" "$INSTDIR\leafdesk.exe,0"
  WriteRegStr HKCU "Software\Classes\${HANDOVER}\shell\open\command" "" '"$INSTDIR\leafdesk.exe" "%1"'
  WriteRegStr HKCU "${HANDOVER_ENDING}" "" "${HANDOVER}"
  WriteRegStr HKCU "${HANDOVER_ENDING}" "Content Type" "application/vnd.leafdesk.handover+json"
  !insertmacro TellTheShell
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
  Call un.StopWhileRunning
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\leafdesk.exe"
  Delete "$INSTDIR\leafdesk-cli.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only when empty: what somebody else put there stays
  Delete "$SMPROGRAMS\Leafdesk.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Leafdesk"
  DeleteRegKey HKCU "Software\Classes\${OPENS}"
  !insertmacro EachEnding Withdraw
  DeleteRegKey HKCU "Software\Classes\${HANDOVER}"
  DeleteRegKey HKCU "${HANDOVER_ENDING}"
  !insertmacro TellTheShell
SectionEnd
