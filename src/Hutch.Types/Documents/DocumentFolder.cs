using Hutch.Disk;
using Hutch.Disk.Folders;
using Hutch.Types.Yaml;

namespace Hutch.Types.Documents;

/// <summary>The YAML documents in a folder of the operator, which are read again when a file changes.</summary>
/// <param name="setting">The option that names the folder, for messages.</param>
/// <param name="noun">The content of a file in the plural, for messages: "types".</param>
/// <remarks>For one thread at a time.</remarks>
public sealed class DocumentFolder(IDisk disk, string folder, string setting, string noun, TimeProvider time)
{
    public const int MaxFiles = 500;

    /// <summary>The usual time between two calls of <see cref="Read"/>.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private IReadOnlyList<ReadFile>? _read;

    /// <summary>Scans the folder and reads the changed files. Returns null when no byte differs from the last time.</summary>
    public FolderReading? Read()
    {
        var unreadable = new List<TypeProblem>();
        if (ReadFiles(unreadable) is not { } files)
        {
            _read = null;
            return new FolderReading(null, unreadable);
        }

        if (_read is { } before && unreadable.Count == 0 && IsSame(before, files))
        {
            return null;
        }

        // A file that could not be read this time is read again the next time.
        _read = unreadable.Count == 0 ? files : null;
        return new FolderReading([.. files.Select(static file => new DocumentFile(file.Name, file.Bytes))], unreadable);
    }

    /// <summary>Returns true for the name of a document. Copies of editors and hidden files are none.</summary>
    public static bool IsDocument(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name[0] != '.' && Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml";
    }

    private static bool IsSame(IReadOnlyList<ReadFile> before, List<ReadFile> now) =>
        before.Count == now.Count && before.Zip(now).All(
            pair => pair.First.Name == pair.Second.Name && pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes));

    private List<ReadFile>? ReadFiles(List<TypeProblem> problems)
    {
        var files = new List<ReadFile>();
        if (!SmallFile.FolderExists(folder))
        {
            problems.Add(new TypeProblem(
                folder, 1, 1, $"there is no such folder: create it, or correct '{setting}' in the configuration."));
            return null;
        }

        try
        {
            string[] names = [.. disk.ListFiles(folder).Where(IsDocument)];
            if (names.Length > MaxFiles)
            {
                problems.Add(new TypeProblem(
                    names[MaxFiles], 1, 1, $"the folder has more than {MaxFiles} {noun}; this file and those after it are left out."));
            }

            Dictionary<string, ReadFile> known = _read?.ToDictionary(file => file.Name, StringComparer.Ordinal) ?? [];
            files.AddRange(names.Take(MaxFiles)
                .Select(name => TryRead(name, known.GetValueOrDefault(name), problems)).OfType<ReadFile>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(folder, 1, 1, $"the folder cannot be read: {e.Message}"));
            return null;
        }

        return files;
    }

    private ReadFile? TryRead(string name, ReadFile? known, List<TypeProblem> problems)
    {
        string path = Path.Combine(folder, name);
        try
        {
            FileStatus? status = SmallFile.Status(path);
            return known?.Settled is { } before && status?.SameContents(before) == true
                ? known
                : new ReadFile(name, disk.ReadAllBytes(path, YamlLimits.Written.MaxBytes), IsSettled(status) ? status : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new TypeProblem(name, 1, 1, $"the file cannot be read: {e.Message}"));
            return null;
        }
    }

    // A file that was just changed could change again within the same step of the file system's clock, and look the same.
    private bool IsSettled(in FileStatus? status) => status is { } file
        && time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddTicks(file.ChangedNanoseconds / TimeSpan.NanosecondsPerTick) >= Step;

    /// <param name="Settled">The file's status before it was read; null when the contents can change without changing the status.</param>
    private sealed record ReadFile(string Name, byte[] Bytes, FileStatus? Settled);
}

/// <param name="Files">The documents, by name; null while the folder cannot be read.</param>
/// <param name="Problems">The files that could not be read, or the reason why the folder could not.</param>
public sealed record FolderReading(IReadOnlyList<DocumentFile>? Files, IReadOnlyList<TypeProblem> Problems);

/// <param name="Name">The name, without the folder.</param>
public sealed record DocumentFile(string Name, byte[] Bytes);
