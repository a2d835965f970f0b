using Hutch.Client.Configuration;

namespace Hutch.Client.Workspaces;

/// <summary>The server and dataset of a working directory: <c>.hutch/config</c>. It holds no token.</summary>
public sealed record WorkspaceConfig
{
    /// <summary>The configuration of a directory for a dataset of a server.</summary>
    public static WorkspaceConfig For(HutchClient server, DatasetInfo dataset)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(dataset);
        return new WorkspaceConfig { Remote = RemoteAddress.Key(server.Remote), Dataset = dataset.Id, Name = dataset.Name };
    }

    public required string Remote { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>The name of the dataset when the directory was made, for people.</summary>
    public string? Name { get; init; }

    /// <summary>Folder of the shared cache that files come through; absent for none.</summary>
    public string? Cache { get; init; }

    /// <summary>True if new files arrive as placeholders until <c>hutch get</c>.</summary>
    public bool Lazy { get; init; }

    /// <summary>False in a clone that was made without the dataset's <c>.git</c>: it is neither written nor pushed.</summary>
    public bool? Git { get; init; }

    /// <summary>True for a folder that <c>hutch push --watch</c> sends: its base has only what it sent and still has.</summary>
    public bool? Watched { get; init; }

    /// <summary>True once the dataset is known to be closed, which is for good: nothing more can be pushed.</summary>
    public bool? Closed { get; init; }

    /// <summary>True if the directory was made on a disk without links: its links are small files.</summary>
    public bool? LinkFiles { get; init; }

    /// <summary>While a clone is not complete: the snapshot it is of.</summary>
    public long? Cloning { get; init; }
}
