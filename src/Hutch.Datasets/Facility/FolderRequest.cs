namespace Hutch.Datasets.Facility;

/// <summary>A request of the agent of a facility folder, which the zone carries out.</summary>
public sealed record FolderRequest(DatasetId Dataset, FolderAct Act)
{
    public Rights Right { get; init; } = Rights.Read;

    public TimeSpan? Life { get; init; }

    public int Uses { get; init; } = 1;

    /// <summary>
    /// The address of the portal for invites and share links. Null for the public address of the zone, as always at a site of another zone.
    /// </summary>
    public Uri? Portal { get; init; }

    /// <summary>The id of the invite or the share link to withdraw.</summary>
    public string? Withdrawn { get; init; }

    public Visibility? Visibility { get; init; }

    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The time of the event that a mail is about.</summary>
    public DateTimeOffset? Time { get; init; }

    public long Files { get; init; }

    public long Bytes { get; init; }

    /// <summary>Of a reminder, the time before the end; of an end, its outcome; of a related identifier, the address.</summary>
    public string? Detail { get; init; }
}

/// <param name="Id">The id of the new invite or share link.</param>
/// <param name="Address">The address at which it opens.</param>
/// <param name="Told">The number of people who got a notice.</param>
public sealed record FolderAnswer(string? Id = null, string? Address = null, DateTimeOffset? Expires = null, int Told = 0)
{
    /// <summary>False if the zone sends no mail, so that a mail was not sent.</summary>
    public bool IsMailOn { get; init; } = true;

    /// <summary>The public part; never the address, which has a secret.</summary>
    public override string ToString() => Id ?? nameof(FolderAnswer);
}
