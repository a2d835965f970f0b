using Hutch.Federation.Wire;
using Hutch.Zone.Credentials;

namespace Hutch.Federation.Doors;

/// <summary>The signing keys that sites ask for, each for itself. The key of a connection alone decides what its site may have.</summary>
internal sealed class SigningKeyRequests(SiteRegistry registry, SigningKeyIssuer issuer)
{
    public void AddTo(SiteRoutes routes) => routes.Add(PeerCalls.SigningKeys, AnswerAsync);

    public async Task<Result<SigningKeysAnswer>> AnswerAsync(BlobHash key, SigningKeysRequest request, CancellationToken ct) =>
        !(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal) ? refusal
        : request.Tokens.Count > SiteProtocol.MaxSigningKeys
            ? ErrorCode.BadRequest.With($"At most {SiteProtocol.MaxSigningKeys} keys are asked for at once.")
        : (await issuer.IssueAsync(site.Id, request.Tokens, ct)).Then<SigningKeysAnswer>(static issued => new SigningKeysAnswer
        {
            Region = issued.Region,
            Keys =
            [
                .. issued.Keys.Select(static one => new SigningKeyLine
                {
                    Token = one.Token,
                    Key = one.Key,
                    First = DerivedKey.Format(one.First),
                    Bytes = Convert.ToBase64String(one.Bytes.Span),
                }),
            ],
        });
}
