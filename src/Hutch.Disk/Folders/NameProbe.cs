using System.Buffers;
using System.Globalization;
using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk.Folders;

/// <summary>
/// Finds out, by making files, which names the disk of a folder can hold: FAT, exFAT, NTFS and file servers forbid some on every system.
/// Remembers the answer for each character, so that a million names need a few files. Not thread-safe.
/// </summary>
/// <param name="folder">Where the files are made, and removed.</param>
/// <param name="normalize">Returns the same text for all Unicode forms of a name: some disks keep another form.</param>
public sealed class NameProbe(FolderHandle folder, Func<string, string> normalize)
{
    /// <summary>The name of a file that every disk can hold.</summary>
    private const string Plain = "x";

    /// <summary>The most bytes of a name that every disk can hold; encrypting file systems (eCryptfs) take no more than 143.</summary>
    private const int ShortBytes = 140;

    /// <summary>The most bytes of a name on any file system that Linux mounts (FUSE_NAME_MAX).</summary>
    private const int MaxBytes = 1024;

    private const int MaxWindowsCharacters = 255;

    private static readonly SearchValues<char> Harmless = SearchValues.Create(
        string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Except(WindowsNames.ForbiddenCharacters)));

    private readonly Dictionary<Rune, bool> _characters = [];
    private readonly Dictionary<string, bool> _others = new(StringComparer.OrdinalIgnoreCase);
    private bool? _ignoresCase;
    private bool? _keepsCase;

    /// <summary>True on a disk to which names that differ only in case are one.</summary>
    /// <remarks>The numbers of inodes do not tell: FUSE gives each spelling its own.</remarks>
    public bool IgnoresCase => _ignoresCase ??= FindsOtherCase();

    /// <summary>Returns true if the disk can hold a file of this name, and lists it under the same name.</summary>
    /// <exception cref="IOException">The disk is full or read-only, or fails.</exception>
    public bool Holds(string name)
    {
        return FolderHandle.HasStandIns
            ? name.Length <= MaxWindowsCharacters
            : name.Length == 0 || (HoldsCharacters(name) && HoldsEnd(name) && HoldsDevice(name) && HoldsLength(name));
    }

    // Some disks count bytes, others the characters of UTF-16.
    private bool HoldsLength(string name)
    {
        int bytes = Encoding.UTF8.GetByteCount(name);
        return bytes <= ShortBytes
            || (bytes <= MaxBytes && Remember(string.Create(CultureInfo.InvariantCulture, $"{name.Length}/{bytes}"), name));
    }

    // Windows, and drivers that follow it, drop a dot or blank there.
    private bool HoldsEnd(string name) => name[^1] is not ('.' or ' ') || Remember("x" + name[^1], "x" + name[^1]);

    private bool HoldsDevice(string name) => WindowsNames.Device(name) is not { } device || Remember(device, device + ".x");

    private bool HoldsCharacters(string name)
    {
        if (KeepsCase && !name.AsSpan().ContainsAnyExcept(Harmless))
        {
            return true;
        }

        Rune[] unknown = [.. name.EnumerateRunes().Where(rune => !IsHarmless(rune) && !_characters.ContainsKey(rune)).Distinct()];
        if (unknown.Length > 0 && !TryAll(unknown))
        {
            foreach (Rune rune in unknown)
            {
                _characters[rune] = MakesFile($"x{rune}x");
            }
        }

        return name.EnumerateRunes().All(rune => IsHarmless(rune) || _characters[rune]);
    }

    private bool IsHarmless(Rune rune) =>
        rune.IsBmp && Harmless.Contains((char)rune.Value) && (KeepsCase || !char.IsAsciiLetter((char)rune.Value));

    // One file for all characters of a name that are new; a longer name would fail for its length.
    private bool TryAll(Rune[] unknown)
    {
        const int Most = 30;
        if (unknown.Length > Most || !MakesFile($"x{string.Concat(unknown)}x"))
        {
            return false;
        }

        foreach (Rune rune in unknown)
        {
            _characters[rune] = true;
        }

        return true;
    }

    private bool Remember(string key, string name)
    {
        if (!_others.TryGetValue(key, out bool holds))
        {
            _others[key] = holds = MakesFile(name);
        }

        return holds;
    }

    // FAT and NTFS can be mounted so that all names are listed in lower case.
    private bool KeepsCase => _keepsCase ??= !IgnoresCase || MakesFile("xXx");

    private bool FindsOtherCase()
    {
        string name = UnpublishedFile.TemporaryName(LinkFile.TemporaryPrefix + "case-");
        try
        {
            folder.CreateFile(name).Dispose();
            return folder.Status(name.ToUpperInvariant()) is not null;
        }
        finally
        {
            folder.Delete(name);
        }
    }

    private bool MakesFile(string name)
    {
        string own = UnpublishedFile.TemporaryName(LinkFile.TemporaryPrefix + "names-");
        folder.TryMakeFolder(own);
        try
        {
            using FolderHandle inside = folder.TryOpenFolder(own)
                ?? throw new IOException($"The folder '{own}' in '{folder.Path}' vanished while it was used.");
            return TryMake(inside, name) && RemovesAll(inside, name);
        }
        finally
        {
            folder.DeleteFolder(own);
        }
    }

    private static bool TryMake(FolderHandle inside, string name)
    {
        try
        {
            inside.CreateFile(name).Dispose();
            return true;
        }
        catch (IOException e) when (e is not DiskFullException)
        {
            // Each driver has its own error number. The name is the reason if another name works in the same place.
            inside.CreateFile(Plain).Dispose();
            inside.Delete(Plain);
            return false;
        }
    }

    // Some disks keep another name without an error.
    private bool RemovesAll(FolderHandle inside, string name)
    {
        var listed = new List<string>();
        inside.List((raw, _) =>
        {
            listed.Add(FolderHandle.Decode(raw).Name);
            return true;
        });
        listed.ForEach(found => inside.Delete(found));
        return listed is [var only] && normalize(only) == normalize(name);
    }
}
