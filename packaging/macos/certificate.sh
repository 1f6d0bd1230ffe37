#!/usr/bin/env bash
# Puts the signing certificate of CERTIFICATE (base64 of a .p12) and PASSWORD into a keychain of this job.
set -euo pipefail
if [ -z "${CERTIFICATE:-}" ]; then
    echo "No certificate here: the packages stay unsigned."
    exit 0
fi
keychain="$RUNNER_TEMP/signing.keychain-db"
lock=$(uuidgen)
file=$(mktemp)
trap 'rm -f "$file"' EXIT
base64 --decode <<<"$CERTIFICATE" >"$file"
security create-keychain -p "$lock" "$keychain"
security set-keychain-settings -lut 3600 "$keychain"
security unlock-keychain -p "$lock" "$keychain"
security import "$file" -P "$PASSWORD" -f pkcs12 -k "$keychain" -T /usr/bin/codesign
security set-key-partition-list -S apple-tool:,apple: -k "$lock" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
