using Hutch.Model;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>Has other sites hold the bytes of datasets, so that their files may leave the facility.</summary>
public interface ICopyHolders
{
    /// <summary>How far they are with a dataset.</summary>
    Task<HoldersAnswer> FindAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>Asks so many of them to read their copies of a closed dataset again and to hold them. Again it changes nothing.</summary>
    Task<Result<HoldersAnswer>> RequestAsync(DatasetId dataset, int copies, CancellationToken ct);

    /// <summary>Asks no longer: the files stay. What is held already stays held.</summary>
    Task<Result<Done>> StopAsync(DatasetId dataset, CancellationToken ct);
}

/// <summary>What becomes of the bytes of a dataset at other sites.</summary>
public enum HoldersState
{
    /// <summary>Nobody was asked.</summary>
    None,

    /// <summary>They were asked, and too few have answered.</summary>
    Asked,

    /// <summary>
    /// Enough of them hold all of it until they are released, and have proved that: the files of the facility count as gone from then on.
    /// </summary>
    Held,

    /// <summary>Somebody has it brought back, and they are released.</summary>
    Ending,
}

/// <summary>How far other sites are with a dataset.</summary>
/// <param name="State">How far.</param>
/// <param name="Sites">Those that have proved what they hold.</param>
/// <param name="Problems">Why it does not go on, a sentence each.</param>
public sealed record HoldersAnswer(HoldersState State, IReadOnlyList<string> Sites, IReadOnlyList<string> Problems)
{
    /// <summary>Nobody was asked.</summary>
    public static HoldersAnswer None { get; } = new(HoldersState.None, [], []);
}
