using System.Text;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// The file <c>site.db</c> of a data folder with SQLite's additional files, and the copies that were set aside. All are moved together, or
/// an old log would be read into a new database.
/// </summary>
/// <remarks>
/// Only for the owner of the data folder, and only while the database is not open, except for the files with notes about the database.
/// </remarks>
public sealed class RecordsFile(string folder)
{
    public const string Name = "site.db";

    public const string DamagedSuffix = ".damaged";

    /// <summary>The suffix of a database that an operator had rebuilt.</summary>
    public const string BeforeRebuildSuffix = ".before-rebuild";

    /// <summary>The suffix of a database that shows losses of the log.</summary>
    public const string WentBackSuffix = ".went-back";

    /// <summary>The suffix of the file that marks a database with missing records.</summary>
    public const string IncompleteSuffix = ".incomplete";

    /// <summary>The suffix of the file that marks a database that names missing bytes.</summary>
    public const string UnplacedSuffix = ".unplaced";

    private const string SuspectSuffix = ".doubt";

    private const int MaxNoteBytes = 1024;

    private static readonly string[] Companions = ["-wal", "-shm", ""];

    private readonly LocalDisk _disk = LocalDisk.Instance;

    public string Path { get; } = System.IO.Path.Combine(folder, Name);

    public bool Exists => _disk.FileExists(Path);

    /// <summary>Its length in bytes, without its log.</summary>
    public long Length
    {
        get
        {
            using IDiskFile file = _disk.Open(Path, DiskAccess.Read);
            return file.Length;
        }
    }

    /// <summary>True if damage was found in it since its last complete check.</summary>
    public bool IsSuspect => _disk.FileExists(Path + SuspectSuffix);

    /// <summary>Has the next start check the whole database, however large it is.</summary>
    public void MarkSuspect() =>
        AtomicFile.Replace(
            _disk, Path + SuspectSuffix, "Damage was found in site.db: the next start checks it, and rebuilds it if necessary.\n"u8);

    /// <summary>Notes that the whole database was checked.</summary>
    public void Trust() => _disk.Delete(Path + SuspectSuffix);

    /// <summary>True if the database was built from a journal with missing parts, so that it does not name all live members.</summary>
    public bool IsIncomplete => _disk.FileExists(Path + IncompleteSuffix);

    /// <summary>The missing blob in the database's note; null for none since it was built. Id and hash are zero if unreadable.</summary>
    public DanglingReference? Unplaced
    {
        get
        {
            if (!_disk.FileExists(Path + UnplacedSuffix))
            {
                return null;
            }

            string[] words = Encoding.UTF8.GetString(_disk.ReadAllBytes(Path + UnplacedSuffix, MaxNoteBytes)).Split(' ');
            _ = DatasetId.TryParse(words[0], out DatasetId dataset);
            _ = BlobHash.TryParse(words.ElementAtOrDefault(1), out BlobHash hash);
            return new DanglingReference(dataset, hash);
        }
    }

    /// <summary>Notes a missing blob that the database names; the note is valid until the database is rebuilt.</summary>
    public void NoteUnplaced(DanglingReference blob) => AtomicFile.Replace(
        _disk, Path + UnplacedSuffix,
        Encoding.UTF8.GetBytes($"{blob.Dataset} {blob.Hash} is not stored. While this file is here, no stored data is removed.\n"));

    /// <summary>Notes the outcome of a rebuild; the note is valid until the next rebuild, or until an operator removes the file.</summary>
    public void NoteRebuilt(bool isIncomplete)
    {
        _disk.Delete(Path + UnplacedSuffix);
        if (isIncomplete)
        {
            AtomicFile.Replace(
                _disk, Path + IncompleteSuffix,
                "site.db was rebuilt from a damaged journal. While this file is here, no stored data is removed.\n"u8);
        }
        else
        {
            _disk.Delete(Path + IncompleteSuffix);
        }
    }

    /// <summary>Renames the database, replacing one that was set aside before. Durable on return.</summary>
    public void SetAside(string suffix)
    {
        Delete(suffix);
        Move("", suffix);
    }

    /// <summary>Deletes the database and all that were set aside. Durable on return.</summary>
    public void DeleteAll()
    {
        Delete("");
        DeleteAside();
    }

    /// <summary>Undoes <see cref="SetAside"/>; deletes a database that was made in the meantime.</summary>
    public void PutBack(string suffix)
    {
        Delete("");
        Move(suffix, "");
    }

    /// <summary>Removes all databases that were set aside: purged data must not remain there either.</summary>
    public void DeleteAside()
    {
        Delete(DamagedSuffix);
        Delete(BeforeRebuildSuffix);
        Delete(WentBackSuffix);
        _disk.SyncFolder(folder);
    }

    private void Delete(string suffix)
    {
        foreach (string companion in Companions)
        {
            _disk.Delete(Path + suffix + companion);
        }
    }

    private void Move(string from, string to)
    {
        foreach (string companion in Companions)
        {
            if (_disk.FileExists(Path + from + companion))
            {
                _disk.Rename(Path + from + companion, Path + to + companion);
            }
        }

        _disk.SyncFolder(folder);
    }
}
