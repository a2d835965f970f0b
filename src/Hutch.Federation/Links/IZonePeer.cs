using Hutch.Federation.Wire;

namespace Hutch.Federation.Links;

internal interface IZonePeer
{
    Task<Result<JoinAnswer>> JoinAsync(JoinRequest request, CancellationToken ct);

    Task<Result<BeatAnswer>> BeatAsync(BeatRequest request, CancellationToken ct);

    Task<Result<NameAnswer>> ReserveNameAsync(NameRequest request, CancellationToken ct);

    /// <summary>Reports ends from before the zone was restored.</summary>
    Task<Result<DoneAnswer>> ReportEndsAsync(EndsRequest request, CancellationToken ct);

    Task<Result<ExpectedAnswer>> ListExpectedAsync(ExpectedRequest request, CancellationToken ct);

    /// <summary>Reports datasets that this site had before it joined.</summary>
    Task<Result<ImportAnswer>> ImportAsync(ImportRequest request, CancellationToken ct);

    /// <summary>Redeems the code of a browser that logs in here.</summary>
    Task<Result<LoginAnswer>> LogInAsync(LoginRequest request, CancellationToken ct);

    /// <summary>Asks for signing keys of S3 keys that open this site.</summary>
    Task<Result<SigningKeysAnswer>> ListSigningKeysAsync(SigningKeysRequest request, CancellationToken ct);

    Task<Result<DoneAnswer>> ReleaseNameAsync(NameBackRequest request, CancellationToken ct);
}
