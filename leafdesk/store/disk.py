"""Whether a folder lies on another computer: SQLite's write-ahead log needs a disk of this one (sync.md §10)."""

import os
import sys
from pathlib import Path

_NETWORK = {
    *("nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "glusterfs", "lustre"),
    *("gfs2", "ocfs2", "davfs", "davfs2", "webdav", "afpfs", "ftp", "fuse.sshfs", "fuse.rclone", "fuse.davfs2"),
    *(
        "fuse.s3fs",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.cephfs",
        "fuse.smbnetfs",
        "fuse.curlftpfs",
        "fuse.gvfsd-fuse",
    ),
}
_DRIVE_REMOTE = 4


def network_name(folder: Path) -> str | None:
    """What sort of network drive the folder is on ("nfs4"); None for a disk of this computer, or where nobody knows."""
    try:
        if sys.platform == "win32":
            return _on_windows(folder)
        if sys.platform == "darwin":
            return _on_macos(folder)
        return sort_of_mount(Path("/proc/self/mounts").read_text("utf-8", "replace"), os.path.realpath(folder))
    except (OSError, AttributeError, ValueError):
        return None


def sort_of_mount(mounts: str, folder: str) -> str | None:
    """The sort of network file system on which `folder` lies, by the lines of /proc/self/mounts; None for others."""
    best, sort = "", ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        place = parts[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = folder == place or folder.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, sort = place, parts[2]
    return sort if sort in _NETWORK else None


def _on_windows(folder: Path) -> str | None:
    import ctypes

    place = os.path.realpath(folder)
    if place.startswith("\\\\") and not place.startswith("\\\\?\\"):
        return "network share"
    drive = os.path.splitdrive(place)[0] + "\\"
    kind = ctypes.windll.kernel32.GetDriveTypeW(drive)  # type: ignore[attr-defined,unused-ignore]
    return "network drive" if kind == _DRIVE_REMOTE else None


def _on_macos(folder: Path) -> str | None:
    import subprocess

    # `df` names the mount point, `mount` its sort; both are part of the system and take milliseconds
    place = subprocess.run(["/bin/df", "-P", str(folder)], capture_output=True, text=True, timeout=5, check=True)
    point = place.stdout.splitlines()[-1].split("%")[-1].strip()
    mounts = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True).stdout
    for line in mounts.splitlines():
        if f" on {point} (" in line:
            sort = line.rpartition("(")[2].partition(",")[0].rstrip(")")
            return sort if sort in _NETWORK else None
    return None
