"""Which words stand in a bundle: the start file of each system, and what to read in two languages?

A start file installs from the wheels beside it into a folder of its own, never from an index, and
does so again when that folder was left half-made, moved, or made for another Python. What stands
between two @ is filled in.
"""

from pathlib import Path

from experiments.bundle_wheels import PYTHON, Machine

HOME = "zwerm-installed"  # the folder with the virtual environment

POSIX = """\
#!/bin/sh
# Opens the workshop of Zwerm; the first time it installs it, without the internet.
# Opent de workshop van Zwerm; de eerste keer wordt die geïnstalleerd, zonder internet.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=${ZWERM_HOME:-$here}/@HOME@

fits() { "$@" -c 'import sys, venv; sys.exit(sys.version_info[:2] != (@COMMA@))' 2>/dev/null; }

if [ "$(cat "$home/ready.txt" 2>/dev/null)" != "$home" ] || ! fits "$home/bin/python"; then
    python=
    for each in "$here/python/bin/python3" python@DOT@ python3 python; do
        if fits "$each"; then python=$each; break; fi
    done
    if [ -z "$python" ]; then
        echo "Python @DOT@ is not on this machine; README.txt says where it may stand." >&2
        echo "Python @DOT@ staat niet op deze machine; LEESMIJ.txt zegt waar het mag staan." >&2
        exit 1
    fi
    echo "Installing, once; this takes some minutes. Eenmalig installeren; duurt enkele minuten."
    rm -rf "$home"
    "$python" -m venv --without-pip "$home"
    "$home/bin/python" -I "$here/wheels/@PIP@/pip" install --isolated --no-index \\
        --find-links "$here/wheels" --disable-pip-version-check --quiet '@ZWERM@'
    printf '%s\\n' "$home" >"$home/ready.txt"
    "$home/bin/python" -I -m experiments.bundle_start
fi
exec "$home/bin/python" -I -m experiments.cli @COMMAND@ "$@"
"""

WINDOWS = """\
@echo off
rem Opens the workshop of Zwerm; the first time it installs it, without the internet.
rem Opent de workshop van Zwerm; de eerste keer wordt die geinstalleerd, zonder internet.
setlocal
set "here=%~dp0"
set "room=%ZWERM_HOME%"
if not defined room set "room=%here:~0,-1%"
set "home=%room%\\@HOME@"
set "code=import sys, venv; sys.exit(sys.version_info[:2] != (@COMMA@))"

set "was="
if exist "%home%\\ready.txt" set /p was=<"%home%\\ready.txt"
if not "%was%"=="%home%" goto find
"%home%\\Scripts\\python.exe" -c "%code%" >nul 2>nul
if not errorlevel 1 goto start

:find
set "python=%here%python\\python.exe"
set "option="
"%python%" -c "%code%" >nul 2>nul
if not errorlevel 1 goto install
set "python=py"
set "option=-@DOT@"
"%python%" %option% -c "%code%" >nul 2>nul
if not errorlevel 1 goto install
set "python=python"
set "option="
"%python%" -c "%code%" >nul 2>nul
if not errorlevel 1 goto install
echo Python @DOT@ is not on this machine; README.txt says where it may stand.
echo Python @DOT@ staat niet op deze machine; LEESMIJ.txt zegt waar het mag staan.
goto failed

:install
echo Installing, once; this takes some minutes. Eenmalig installeren; duurt enkele minuten.
if exist "%home%" rmdir /s /q "%home%"
"%python%" %option% -m venv --without-pip "%home%"
if errorlevel 1 goto failed
"%home%\\Scripts\\python.exe" -I "%here%wheels\\@PIP@\\pip" install --isolated --no-index ^
 --find-links "%here%wheels" --disable-pip-version-check --quiet "@ZWERM@"
if errorlevel 1 goto failed
>"%home%\\ready.txt" echo %home%
"%home%\\Scripts\\python.exe" -I -m experiments.bundle_start
if errorlevel 1 goto failed

:start
"%home%\\Scripts\\python.exe" -I -m experiments.cli @COMMAND@ %*
if errorlevel 1 goto failed
exit /b 0

:failed
pause
exit /b 1
"""

ENGLISH = """\
Zwerm, the workshop: for @ABOUT@

You need Python @DOT@ on that machine. No internet, no administrator.

1. Copy this whole folder to the machine. From a stick it works too, but slowly.
2. Open @START@@HOW_EN@.
   The first time it installs (some minutes) and compiles (about one minute). Later it opens in
   seconds.
3. Your browser shows the workshop. Ctrl-C in the black window ends it.

Do the first start at home, not before the group. It takes 1 GB on the disk.

What is written: the folder @HOME@ beside this file, and compiled code in your user cache. To
install elsewhere, set ZWERM_HOME to a folder first. To remove everything, delete both.
No Python @DOT@? A copy of one may stand here in a folder called python.
Nothing is sent anywhere. manifest.json holds the SHA-256 of every file.
"""

DUTCH = """\
Zwerm, de workshop: voor @ABOUT@

Op die machine moet Python @DOT@ staan. Internet of beheerdersrechten zijn niet nodig.

1. Zet deze hele map op de machine. Vanaf een stick kan ook, maar dat is traag.
2. Open @START@@HOW_NL@.
   De eerste keer wordt er geïnstalleerd (enkele minuten) en gecompileerd (ongeveer een minuut).
   Daarna start het in enkele seconden.
3. De workshop verschijnt in je browser. Ctrl-C in het zwarte venster stopt hem.

Doe de eerste start van tevoren, niet voor de groep. Op de schijf is 1 GB nodig.

Wat er geschreven wordt: de map @HOME@ naast dit bestand, en gecompileerde code in je eigen cache.
Elders installeren? Zet vooraf ZWERM_HOME op een map. Alles weg? Verwijder beide.
Geen Python @DOT@? Een kopie ervan mag hier staan in een map die python heet.
Er wordt niets verstuurd. In manifest.json staat van elk bestand de SHA-256.
"""
HOW = {
    "linux": (", in a terminal: sh start.sh", ", in een terminal: sh start.sh"),
    "windows": (", by a double click", " met een dubbelklik"),
    "macos": (", in a terminal: sh start.command", ", in een terminal: sh start.command"),
}


def save_files(
    folder: Path, machine: Machine, zwerm: str, pip: str, command: str = "workshop"
) -> None:
    """Write the start file and both texts; `zwerm` is what is installed, `pip` a wheel's name."""
    english, dutch = HOW[machine.name]
    words = {
        "@HOME@": HOME, "@PIP@": pip, "@ZWERM@": zwerm, "@COMMAND@": command,
        "@ABOUT@": machine.about, "@START@": machine.start, "@HOW_EN@": english,
        "@HOW_NL@": dutch, "@DOT@": ".".join(str(each) for each in PYTHON),
        "@COMMA@": ", ".join(str(each) for each in PYTHON),
    }  # fmt: skip
    windows = machine.name == "windows"
    newline = "\r\n" if windows else "\n"
    texts = {machine.start: WINDOWS if windows else POSIX, "README.txt": ENGLISH,
             "LEESMIJ.txt": DUTCH}  # fmt: skip
    for name, text in texts.items():
        for mark, word in words.items():
            text = text.replace(mark, word)
        (folder / name).write_text(text, encoding="utf-8", newline=newline)
    (folder / machine.start).chmod(0o755)
