namespace Hutch.Agent.Retention.Eviction;

/// <summary>Has other sites hold the bytes of datasets, so that their files may leave the facility.</summary>
public interface ICopyHolders
{
    Task<HoldersAnswer> FindAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>Asks so many of them to read their copies of a closed dataset again and to hold them. Again it changes nothing.</summary>
    Task<Result<HoldersAnswer>> RequestAsync(DatasetId dataset, int copies, CancellationToken ct);

    /// <summary>Stops asking: the files stay. Existing holds remain.</summary>
    Task<Result<Done>> StopAsync(DatasetId dataset, CancellationToken ct);
}

/// <summary>The state of a dataset's bytes at other sites.</summary>
public enum HoldersState
{
    /// <summary>No site was asked.</summary>
    None,

    /// <summary>They were asked, and too few have answered.</summary>
    Asked,

    /// <summary>
    /// Enough of them hold all of it until they are released, and have proved that: the files of the facility count as gone from then on.
    /// </summary>
    Held,

    /// <summary>A recall of the dataset is in progress, and the holds are released.</summary>
    Ending,
}

public sealed record HoldersAnswer(HoldersState State, IReadOnlyList<string> Sites, IReadOnlyList<string> Problems)
{
    public static HoldersAnswer None { get; } = new(HoldersState.None, [], []);
}
