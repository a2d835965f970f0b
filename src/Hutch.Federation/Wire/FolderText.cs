using Hutch.Datasets.Facility;
using Hutch.Zone.Limits;

namespace Hutch.Federation.Wire;

/// <summary>
/// A site asks the zone for an invite, a share link, a visibility or a mail, for a dataset of a facility folder at home at the site.
/// </summary>
internal sealed record FolderText
{
    public required string Token { get; init; }

    public required DatasetId Dataset { get; init; }

    /// <summary>A name of <see cref="FolderAct"/>.</summary>
    public required string Act { get; init; }

    public string? Right { get; init; }

    public long? Seconds { get; init; }

    public int? Uses { get; init; }

    public string? Withdrawn { get; init; }

    /// <summary>True for a public dataset; with <see cref="Time"/>, from then on.</summary>
    public bool? IsPublic { get; init; }

    public IReadOnlyList<string>? Addresses { get; init; }

    public DateTimeOffset? Time { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }

    public string? Detail { get; init; }

    public static FolderText From(string token, FolderRequest request) => new()
    {
        Token = token,
        Dataset = request.Dataset,
        Act = request.Act.ToString(),
        Right = request.Right.ToName(),
        Seconds = (long?)request.Life?.TotalSeconds,
        Uses = request.Uses,
        Withdrawn = request.Withdrawn,
        IsPublic = request.Visibility is null ? null : request.Visibility.Right != Rights.None,
        Addresses = request.Addresses,
        Time = request.Visibility?.From ?? request.Time,
        Files = request.Files,
        Bytes = request.Bytes,
        Detail = request.Detail,
    };

    /// <summary>Reads a request that came from another site.</summary>
    public Result<FolderRequest> Read()
    {
        Rights right = Rights.Read;
        HutchError? refusal = null;
        if (!Enum.TryParse(Act, out FolderAct act) || !Enum.IsDefined(act) || char.IsAsciiDigit(Act[0]))
        {
            return ErrorCode.BadRequest.With("The zone does not know this request for a folder: bring both sites to the same release.");
        }

        if ((Right is not null && !RightsExtensions.ParseRight(Right).TryGet(out right, out refusal))
            || !ReadLife(Seconds).TryGet(out TimeSpan? life, out refusal))
        {
            return refusal!;
        }

        Visibility? visibility = IsPublic switch
        {
            null => null,
            false => Visibility.Private,
            true => Time is { } from ? Visibility.PublicAfter(from) : Visibility.Public,
        };
        return new FolderRequest(Dataset, act)
        {
            Right = right,
            Life = life,
            Uses = Uses ?? 1,
            Withdrawn = Withdrawn,
            Visibility = visibility,
            Addresses = Addresses ?? [],
            Time = Time,
            Files = Files ?? 0,
            Bytes = Bytes ?? 0,
            Detail = Detail,
        };
    }

    /// <summary>The life that a site asks for, which may have sent any number; null for none.</summary>
    private static Result<TimeSpan?> ReadLife(long? seconds)
    {
        if (seconds is <= 0 or > AccountLimits.MaxLifeDays * 86_400L)
        {
            return ErrorCode.BadRequest.With(
                $"The lifetime is {seconds} seconds; it must be more than 0 and at most {AccountLimits.MaxLifeDays} days.");
        }

        TimeSpan? life = seconds is { } known ? TimeSpan.FromSeconds(known) : null;
        return life;
    }
}
