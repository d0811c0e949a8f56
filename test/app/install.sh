#!/usr/bin/env bash
# Installs the missing Debian packages for npm run test:app and npm run test:page. No service is started.
set -euo pipefail

packages=(apache2 chromium libapache2-mod-php libnss-wrapper php-redis redis-server)
installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for name in "${packages[@]}"; do
  grep --quiet --line-regexp "$name installed" <<<"$installed" || missing+=("$name")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
# In run level 1, invoke-rc.d starts no services.
"${as_root[@]}" apt-get update --quiet=2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
  apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}"
