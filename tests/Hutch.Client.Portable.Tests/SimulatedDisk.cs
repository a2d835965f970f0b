using System.Globalization;
using System.Text;
using Hutch.Disk.Folders;
using Hutch.Disk.Folders.Systems;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Portable.Tests;

/// <summary>
/// A disk of another system in a temporary folder: it finds, refuses and forgets what that one does. Outside of the folder for temporary
/// files it is an ordinary disk.
/// </summary>
internal sealed class SimulatedDisk : UnixFiles
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int InvalidName = unchecked((int)0x8007007B);
    private const long SecondNanoseconds = 1_000_000_000;

    private static readonly string Root = Path.TrimEndingDirectorySeparator(Path.GetTempPath());

    /// <summary>Whether names that differ only in case are one, as on Windows and macOS.</summary>
    internal bool IgnoresCase { get; init; }

    /// <summary>Whether names are kept in their decomposed form, as on HFS+.</summary>
    internal bool DecomposesNames { get; init; }

    /// <summary>Whether the disk refuses what Windows forbids.</summary>
    internal bool ForbidsNames { get; init; }

    /// <summary>Whether the system writes such names with stand-ins, as our Windows part does.</summary>
    internal bool WritesStandIns { get; init; }

    internal LinkSupport Links { get; init; }

    /// <summary>Whether all files have the same permissions, whatever is set.</summary>
    internal bool ForgetsModes { get; init; }

    /// <summary>The step of its times in seconds: 2 on FAT, which knows no time of change either.</summary>
    internal int TickSeconds { get; init; }

    /// <summary>Whether a file that is open cannot be replaced, as on Windows.</summary>
    internal bool HoldsOpenFiles { get; init; }

    /// <summary>Whether times of modification cannot be set, so that no link file can be told from another file.</summary>
    internal bool RoundsMarksAway { get; init; }

    internal int MaxPathLength { get; init; } = int.MaxValue;

    /// <summary>Files that another program has open and shares with no one.</summary>
    internal HashSet<string> InUse { get; } = new(StringComparer.Ordinal);

    internal override bool HasStandIns => WritesStandIns;

    internal override string NameOnDisk(string name) => WritesStandIns ? WindowsNames.OnDisk(name) : name;

    internal override string NameOf(string nameOnDisk) => WritesStandIns ? WindowsNames.Of(nameOnDisk) : nameOnDisk;

    internal override FileStatus? Status(string path, bool followsLinks) =>
        base.Status(Real(path), followsLinks) is { } status ? Seen(status) : null;

    internal override FileStatus Status(SafeFileHandle file) => Seen(base.Status(file));

    internal override IEnumerable<(string Name, FileType? Type)> List(string folder) => base.List(Real(folder));

    internal override void MakeFolder(string path) => base.MakeFolder(Checked(path));

    internal override SafeFileHandle Open(string path, FileMode how, FileAccess access, int mode)
    {
        string real = Checked(path);
        return InUse.Contains(real)
            ? throw new IOException($"The process cannot access the file '{path}'.", SharingViolation)
            : base.Open(real, how, access, mode);
    }

    internal override void Move(string path, string to)
    {
        string target = Checked(to);
        if (HoldsOpenFiles && File.Exists(target) && IsOpen(target))
        {
            throw new UnauthorizedAccessException($"Access to the path '{to}' is denied: it is open.");
        }

        string real = Real(path);
        bool isNewCase = real == target && Path.GetFileName(to) != Path.GetFileName(target);
        base.Move(real, isNewCase ? Path.Join(Path.GetDirectoryName(target), Path.GetFileName(to)) : target);
    }

    internal override void Delete(string path) => base.Delete(Real(path));

    internal override void DeleteFolder(string path) => base.DeleteFolder(Real(path));

    internal override void MakeLink(string path, string target)
    {
        string real = Checked(path);
        switch (Links)
        {
            case LinkSupport.Real:
                base.MakeLink(real, target);
                break;
            case LinkSupport.None:
                throw new IOException("A required privilege is not held by the client.");
            case LinkSupport.MakesEmptyFile:
                File.WriteAllText(real, "");
                break;
            default:
                break; // it says yes, and that is all
        }
    }

    internal override string? ReadLink(string path) => base.ReadLink(Real(path));

    internal override void SetLinkModified(string path, long nanoseconds) => base.SetLinkModified(Real(path), nanoseconds);

    internal override void SetFolderMode(string path, int mode)
    {
        if (!ForgetsModes)
        {
            base.SetFolderMode(Real(path), mode);
        }
    }

    internal override void SetModified(SafeFileHandle file, long nanoseconds)
    {
        if (!RoundsMarksAway)
        {
            base.SetModified(file, nanoseconds);
        }
    }

    internal override void SetMode(SafeFileHandle file, int mode)
    {
        if (!ForgetsModes)
        {
            base.SetMode(file, mode);
        }
    }

    /// <summary>The path of a file as it is in the folder that holds all this.</summary>
    internal string Real(string path)
    {
        if (!(IgnoresCase || DecomposesNames) || !path.StartsWith(Root + "/", StringComparison.Ordinal))
        {
            return path;
        }

        string real = Root;
        foreach (string name in path[(Root.Length + 1)..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string wanted = DecomposesNames ? name.Normalize(NormalizationForm.FormD) : name;
            string exact = Path.Join(real, wanted);
            bool isThere = Path.Exists(exact) || new FileInfo(exact).LinkTarget is not null || !Directory.Exists(real);
            real = isThere ? exact : Path.Join(real, Found(real, wanted) ?? wanted);
        }

        return real;
    }

    private string? Found(string folder, string wanted) => Directory.EnumerateFileSystemEntries(folder)
        .Select(Path.GetFileName)
        .FirstOrDefault(name => Fold(name!) == Fold(wanted));

    private string Fold(string name)
    {
        string form = name.Normalize(NormalizationForm.FormC);
        return IgnoresCase ? PathClashes.NormalizeCase(form) : form;
    }

    private string Checked(string path)
    {
        string name = Path.GetFileName(path);
        if (ForbidsNames && WindowsNames.IsForbidden(name))
        {
            throw new IOException($"The filename, directory name, or volume label syntax is incorrect: '{path}'", InvalidName);
        }

        return path.Length <= MaxPathLength
            ? Real(path)
            : throw new PathTooLongException(string.Create(CultureInfo.InvariantCulture, $"The path has {path.Length} characters: '{path}'"));
    }

    private FileStatus Seen(FileStatus status)
    {
        if (TickSeconds > 0)
        {
            long tick = TickSeconds * SecondNanoseconds;
            status = status with
            {
                ModifiedNanoseconds = status.ModifiedNanoseconds / tick * tick,
                ChangedNanoseconds = 0,
            };
        }

        return ForgetsModes ? status with { Mode = status.Type == FileType.Folder ? 0x1C0 : 0x180 } : status;
    }

    private static bool IsOpen(string path) =>
        Directory.EnumerateFiles("/proc/self/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
}

/// <summary>What comes of a call that makes a symbolic link.</summary>
internal enum LinkSupport
{
    Real,

    /// <summary>It is refused.</summary>
    None,

    /// <summary>It reports success and makes nothing, as in Wine.</summary>
    Lies,

    /// <summary>It reports success and leaves something else.</summary>
    MakesEmptyFile,
}
