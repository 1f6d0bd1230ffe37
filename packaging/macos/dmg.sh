#!/usr/bin/env bash
# The disk image for macOS: packaging/macos/dmg.sh build/bundle/Leafdesk.app dist/leafdesk-0.1.0.dmg
# Signed and notarised when CODESIGN_IDENTITY and NOTARY_PROFILE are set (see RELEASING.md); otherwise plainly unsigned.
set -euo pipefail
app=$1 image=$2

if [ -n "${CODESIGN_IDENTITY:-}" ]; then # PyInstaller signed the parts; the whole is sealed once more
    codesign --force --deep --options runtime --timestamp --sign "$CODESIGN_IDENTITY" \
        --entitlements "$(dirname "$0")/entitlements.plist" "$app"
    codesign --verify --deep --strict "$app"
else
    echo "No CODESIGN_IDENTITY: the image is not signed, and macOS will ask before it opens."
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
ln -s /Applications "$stage/Applications"
hdiutil create -volname Leafdesk -srcfolder "$stage" -format ULMO -ov "$image"

if [ -n "${CODESIGN_IDENTITY:-}" ] && [ -n "${NOTARY_PROFILE:-}" ]; then
    codesign --timestamp --sign "$CODESIGN_IDENTITY" "$image"
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
