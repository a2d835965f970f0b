using Hutch.Client.Tests.Workspaces;
using Hutch.Disk.Folders;
using Hutch.Disk.Folders.Systems;

namespace Hutch.Client.Portable.Tests;

/// <summary>A test on a simulated disk. These run alone: the disk is the whole program's.</summary>
[Collection(nameof(SimulatedDisks))]
public abstract class DiskTest : WorkspaceTest
{
    /// <summary>The kinds of disks, for theories.</summary>
    public static TheoryData<string> Kinds => [.. DiskKinds.All.Keys];

    internal SimulatedDisk On(string kind)
    {
        SimulatedDisk disk = DiskKinds.All[kind]();
        SystemFiles.Here = disk;
        return disk;
    }

    internal void On(SimulatedDisk disk) => SystemFiles.Here = disk;

    /// <summary>The text of a file of a clone, by its name in the dataset.</summary>
    internal string Text(string folder, string name)
    {
        int slash = name.LastIndexOf('/');
        using FolderHandle handle = FolderHandle.Open(Path.Join(Folder[folder], slash < 0 ? "" : name[..slash]));
        using var file = handle.TryOpenFile(name[(slash + 1)..]);
        Assert.NotNull(file);
        var bytes = new byte[RandomAccess.GetLength(file)];
        FolderHandle.Read(file, 0, bytes);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Where a name leads; null for what is no link.</summary>
    internal string? Target(string folder, string name)
    {
        using FolderHandle handle = FolderHandle.Open(Folder[folder]);
        return handle.Status(name) is { Type: FileType.SymbolicLink } ? handle.ReadLink(name).Name : null;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        SystemFiles.Here = new UnixFiles();
    }
}

/// <summary>The tests of simulated disks.</summary>
[CollectionDefinition(nameof(SimulatedDisks), DisableParallelization = true)]
public sealed class SimulatedDisks;
