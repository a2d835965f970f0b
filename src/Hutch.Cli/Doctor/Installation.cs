using Hutch.Cli.Configuration;
using Hutch.Cli.Hosting;
using Hutch.Datasets.Inspection;
using Hutch.Disk;

namespace Hutch.Cli.Doctor;

/// <summary>The installation to check.</summary>
internal sealed class Installation
{
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

    internal CliHost Host { get; }

    internal IDisk Disk { get; } = LocalDisk.Instance;

    internal HutchConfiguration Options => Loaded.Options;

    internal string Folder => Loaded.DataFolder;

    /// <summary>Whether it is one of several servers, which keep the site in a database and a bucket.</summary>
    internal bool IsServer => Options.Engine.IsOn;

    /// <summary>Owner and mode of the folder; null if there is none.</summary>
    internal FileFacts? Facts { get; }

    internal bool Exists { get; }

    /// <summary>
    /// Whether the folder is ours to open; who looks as somebody else could leave files behind that its owner cannot write.
    /// </summary>
    internal bool IsOwn => Facts?.Owner == FileFacts.CurrentUser;

    /// <summary>Which process has the folder open; null for none.</summary>
    internal string? Holder { get; }

    internal FolderInspection Inspection => new(Disk, Folder, Holder is not null);

    internal string File(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}
