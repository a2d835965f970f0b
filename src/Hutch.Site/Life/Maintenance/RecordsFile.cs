using System.Text;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// The file <c>site.db</c> of a data folder with what SQLite keeps beside it, and the copies that were set aside. All are moved together,
/// or an old log would be read into a new database.
/// </summary>
/// <remarks>
/// Only for who owns the data folder, and, except for the files that say something of the database, only while the database is not open.
/// </remarks>
public sealed class RecordsFile(string folder)
{
    public const string Name = "site.db";

    /// <summary>What is put behind the name of a database that was found damaged.</summary>
    public const string DamagedSuffix = ".damaged";

    /// <summary>What is put behind the name of a database that an operator had rebuilt.</summary>
    public const string BeforeRebuildSuffix = ".before-rebuild";

    /// <summary>What is put behind the name of a database that shows what the log has lost.</summary>
    public const string WentBackSuffix = ".went-back";

    /// <summary>What is put behind the name for the file that says that records are missing from the database.</summary>
    public const string IncompleteSuffix = ".incomplete";

    /// <summary>What is put behind the name for the file that says that the database names what is not stored.</summary>
    public const string UnplacedSuffix = ".unplaced";

    private const string DoubtSuffix = ".doubt";

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

    /// <summary>Whether damage was met in it since it was last looked through.</summary>
    public bool IsDoubted => _disk.FileExists(Path + DoubtSuffix);

    /// <summary>Has the next start look through the whole database, however large it is.</summary>
    public void Doubt() =>
        AtomicFile.Replace(
            _disk, Path + DoubtSuffix, "Damage was found in site.db: the next start checks it, and rebuilds it if necessary.\n"u8);

    /// <summary>The database was looked through.</summary>
    public void Trust() => _disk.Delete(Path + DoubtSuffix);

    /// <summary>
    /// Whether the database was made from a journal of which parts were missing, so that it does not name everything that lives.
    /// </summary>
    public bool IsIncomplete => _disk.FileExists(Path + IncompleteSuffix);

    /// <summary>
    /// What the database names and what is not stored; null when nothing of the kind was noted since it was made. Of a note that cannot be
    /// read, the id and the hash are zero.
    /// </summary>
    public UnplacedBlob? Unplaced
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
            return new UnplacedBlob(dataset, hash);
        }
    }

    /// <summary>Notes what the database names and what is not stored; it counts until the database is made anew.</summary>
    public void NoteUnplaced(UnplacedBlob blob) => AtomicFile.Replace(
        _disk, Path + UnplacedSuffix,
        Encoding.UTF8.GetBytes($"{blob.Dataset} {blob.Hash} is not stored. While this file is here, no stored data is removed.\n"));

    /// <summary>Notes what came of making the database anew; it counts until it is made anew again, or somebody removes the file.</summary>
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

    /// <summary>Gives the database another name, in place of one that was set aside before. Durable on return.</summary>
    public void SetAside(string suffix)
    {
        Delete(suffix);
        Move("", suffix);
    }

    /// <summary>Removes the database and all that was set aside. Durable on return.</summary>
    public void DeleteAll()
    {
        Delete("");
        DeleteAside();
    }

    /// <summary>Undoes <see cref="SetAside"/>; a database that was made meanwhile goes.</summary>
    public void PutBack(string suffix)
    {
        Delete("");
        Move(suffix, "");
    }

    /// <summary>Removes all that was set aside: what is purged must not be there either.</summary>
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
