using Hutch.Cli.Configuration;
using Hutch.Cli.Hosting;
using Hutch.Datasets.Inspection;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>The installation to check.</summary>
internal sealed class Installation
{
    /// <summary>Takes what is known before the first check.</summary>
    internal Installation(LoadedConfiguration loaded, CliHost host)
    {
        Loaded = loaded;
        Host = host;
        Facts = FileFacts.Of(loaded.DataFolder);
        Exists = Facts is { IsFolder: true };
        Holder = Exists ? DataFolderLock.FindHolder(loaded.DataFolder) : null;
    }

    /// <summary>The configuration, with what is wrong in it.</summary>
    internal LoadedConfiguration Loaded { get; }

    /// <summary>The surroundings.</summary>
    internal CliHost Host { get; }

    /// <summary>The disk that the folder is on.</summary>
    internal IDisk Disk { get; } = LocalDisk.Instance;

    /// <summary>The options.</summary>
    internal HutchConfiguration Options => Loaded.Options;

    /// <summary>The data folder.</summary>
    internal string Folder => Loaded.DataFolder;

    /// <summary>Whose the folder is; null when nothing is there.</summary>
    internal FileFacts? Facts { get; }

    /// <summary>Whether there is a data folder.</summary>
    internal bool Exists { get; }

    /// <summary>
    /// Whether the folder is ours to open; who looks as somebody else could leave files behind that its owner cannot write.
    /// </summary>
    internal bool IsOwn => Facts?.Owner == FileFacts.CurrentUser;

    /// <summary>Which process has the folder open; null for none.</summary>
    internal string? Holder { get; }

    /// <summary>The parts of the folder.</summary>
    internal FolderInspection Inspection => new(Disk, Folder, Holder is not null);

    /// <summary>A file of the folder.</summary>
    internal string File(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}
