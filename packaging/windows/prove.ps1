# Installs the built setup in silence, lets the installed copy prove itself, removes it, and looks what is left.
$ErrorActionPreference = "Stop"
$setup = Get-ChildItem dist/*-windows-installer.exe | Select-Object -First 1
$place = "$env:LOCALAPPDATA\Programs\Leafdesk"

$run = Start-Process $setup.FullName -ArgumentList "/S" -Wait -PassThru
if ($run.ExitCode -ne 0) { throw "the setup ended with $($run.ExitCode)" }
foreach ($wanted in "$place\leafdesk.exe", "$place\leafdesk-cli.exe", "$env:APPDATA\Microsoft\Windows\Start Menu\Programs\Leafdesk.lnk") {
    if (-not (Test-Path $wanted)) { throw "the setup left no $wanted" }
}

& "$place\leafdesk-cli.exe" doctor --selftest
if ($LASTEXITCODE -ne 0) { throw "the self-test ended with $LASTEXITCODE" }

# The uninstaller copies itself away to be able to delete itself; _?= keeps it here so that we can wait for it.
$run = Start-Process "$place\uninstall.exe" -ArgumentList "/S", "_?=$place" -Wait -PassThru
if ($run.ExitCode -ne 0) { throw "the removal ended with $($run.ExitCode)" }
$left = @(Get-ChildItem $place -ErrorAction SilentlyContinue | Where-Object Name -ne "uninstall.exe")
if ($left.Count -ne 0) { throw "the removal left $($left.Name -join ', ')" }
if (-not (Test-Path "$env:LOCALAPPDATA\leafdesk")) { throw "the removal took the user's data" }
Write-Output "Installed, proven, removed; the user's data stay."
