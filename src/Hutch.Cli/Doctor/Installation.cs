using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Datasets.Inspection;

namespace Hutch.Cli.Doctor;

internal sealed class Installation
{
    internal Installation(LoadedConfiguration loaded, CliHost host)
    {
        Loaded = loaded;
        Host = loaded.Service?.Apply(host) ?? host;
        Service = loaded.Service
            ?? (ServiceUnit.Find(host.SystemRoot) is { } unit && unit.DataFolder == loaded.DataFolder ? unit : null);
        Facts = FileFacts.Read(loaded.DataFolder);
        Exists = Facts is { IsFolder: true };
        IsHidden = Exists && !IsOwn && !MayEnter(loaded.DataFolder);
        Holder = Exists ? DataFolderLock.FindHolder(loaded.DataFolder) : null;
    }

    internal LoadedConfiguration Loaded { get; }

    internal CliHost Host { get; }

    /// <summary>The service of this machine that has the data folder; null for none.</summary>
    internal ServiceUnit? Service { get; }

    internal IDisk Disk { get; } = LocalDisk.Instance;

    internal HutchConfiguration Options => Loaded.Options;

    internal string Folder => Loaded.DataFolder;

    /// <summary>True if it is one of several servers that keep the site in a database and a bucket.</summary>
    internal bool IsServer => Options.Engine.IsOn;

    /// <summary>Owner and mode of the folder; null if there is none.</summary>
    internal FileFacts? Facts { get; }

    internal bool Exists { get; }

    /// <summary>
    /// True if the current user owns the folder and may open it. Another user could leave files there that the owner cannot write.
    /// </summary>
    internal bool IsOwn => Facts?.Owner == FileFacts.CurrentUser;

    /// <summary>True if the current user may not look into the folder, and so does not learn of a server that has it open.</summary>
    internal bool IsHidden { get; }

    /// <summary>The process that has the folder open; null for none.</summary>
    internal string? Holder { get; }

    internal FolderInspection Inspection => new(Disk, Folder, Holder is not null);

    private static bool MayEnter(string folder)
    {
        try
        {
            _ = Directory.EnumerateFileSystemEntries(folder).Any();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal string File(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);
}
