using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Accounts;

/// <summary>Tokens of accounts. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed class TokenService(ZoneDatabase zone, Authorizer authorizer, S3Keys s3Keys, TimeProvider time)
{
    /// <summary>The most that an S3 key reaches at a site: the operator of a site controls all that is used there.</summary>
    private static readonly TokenScope MostAtSite = new(TokenScopes.Read | TokenScopes.Write | TokenScopes.Manage);

    /// <summary>Creates a token for the caller's account, at most as wide as the request's in scopes, datasets and life (cut).</summary>
    public async ValueTask<Result<IssuedToken>> CreateAsync(Caller caller, TokenRequest request, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenCreate);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!AccountText.Line(request.Name, "name of the token").TryGet(out string? name, out HutchError? error)
            || !NewScope(caller, request).TryGet(out TokenScope? scope, out error)
            || !NewEnd(caller, request.Life).TryGet(out DateTimeOffset? end, out error))
        {
            return error;
        }

        if (request.Dataset is DatasetId dataset
            && !(await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct)).TryGet(out _, out error))
        {
            return error;
        }

        if (!FolderOf(request).TryGet(out FolderOfDataset? folder, out error))
        {
            return error;
        }

        Result<IssuedToken> issued = FindMisuseOfSites(request) is { } misuse ? misuse : await zone.ChangeAsync(
            caller.Actor,
            change => ForSite(change, scope, request.Site).Then(reach => OpenSites(change, reach, request.Sites)).Then(
                reach => CreateToken(
                    change, caller.UserId, name, request.Narrowable ? reach.Narrowable() : reach, end, request.S3 ? s3Keys : null)),
            ct);
        return issued.Then<IssuedToken>(made => folder is { } only ? Narrow(made, only) : made);
    }

    private static Result<FolderOfDataset?> FolderOf(TokenRequest request) => request switch
    {
        { Folder: null } => (FolderOfDataset?)null,
        { Narrowable: false } => ErrorCode.BadRequest.With("A folder is for a narrowable token: with 'narrowable'."),
        { Dataset: null } => ErrorCode.BadRequest.With("A folder needs its dataset: with 'dataset'."),
        _ => FolderOfDataset.Parse($"{request.Dataset}/{request.Folder}").Then<FolderOfDataset?>(static folder => folder),
    };

    /// <summary>Returns a new narrowable token with its first block. The key before it stays here.</summary>
    private static Result<IssuedToken> Narrow(IssuedToken made, FolderOfDataset folder) =>
        NarrowedToken.Parse(made.Secret.Reveal()).Then(key => key.Narrow(new TokenRestrictions { Folder = folder }))
            .Then<IssuedToken>(key => made with { Secret = new IssuedSecret(key.Text) });

    /// <summary>Returns the names of the sites that tokens of the caller open, by their ids; removed sites are left out.</summary>
    public ValueTask<IReadOnlyDictionary<string, string>> NameSitesAsync(IReadOnlyList<TokenRecord> tokens, CancellationToken ct) =>
        tokens.All(static token => token.Scope.Opens.Count == 0)
            ? new ValueTask<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>())
            : zone.ReadAsync<IReadOnlyDictionary<string, string>>(
                static tables => tables.Sites.List().ToDictionary(static site => site.Id, static site => site.Name), ct);

    /// <summary>Lists the caller's tokens that are not revoked, in the order of ids, after an id.</summary>
    public async ValueTask<Result<IReadOnlyList<TokenRecord>>> ListAsync(
        Caller caller, string? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenList);
        return allowed.IsOk
            ? Result<IReadOnlyList<TokenRecord>>.Ok(
                await zone.ReadAsync(t => t.Tokens.ListOf(caller.UserId, after, AccountService.Page(limit)), ct))
            : allowed.Error;
    }

    /// <summary>
    /// Revokes a token: one of the caller, the token of the request itself (logging out), or, for administrators, any token. The next
    /// request with it is refused. Other callers cannot detect a foreign token.
    /// </summary>
    public async ValueTask<Result<Done>> RevokeAsync(Caller caller, string id, CancellationToken ct)
    {
        Result<Done> known = caller.Scope.IsNarrowed
            ? ErrorCode.NarrowedKey.With("A narrowed key ends no token: other keys of the same token would end, too.")
            : Authorizer.Authorize(caller, Operation.MeRead);
        return known.IsOk ? await zone.ChangeUnlimitedAsync(caller.Actor, change => RevokeToken(change, caller, id), ct) : known.Error;
    }

    /// <param name="loginId">For a login at a site: the token or session with which the new token ends; otherwise null.</param>
    internal static IssuedToken AddToken(
        ZoneChange change, UserRecord user, string? name, TokenScope scope, DateTimeOffset? end, string? loginId = null)
    {
        (string id, BlobHash hash, IssuedSecret secret) = Credential.Issue(CredentialKind.Token, change.ZoneId);
        TokenRecord token = change.Tokens.Create(id, user.Id, name, hash, scope, end, loginId: loginId);
        change.AddAudit(Operation.TokenCreate.Name, "token:" + id, $"for user:{user.Name}, scope '{scope}'");
        return new IssuedToken(token, secret);
    }

    private static HutchError? FindMisuseOfSites(TokenRequest request) => request switch
    {
        { Site: not null, S3: true } => ErrorCode.BadRequest.With(
            "An S3 key works at the zone, and opens the sites in 'sites'; 'site' is for tokens of one site."),
        { Site: not null, Namespace: not null } => ErrorCode.BadRequest.With("A token for another site is not for workers."),
        { Narrowable: true, Site: not null } => ErrorCode.BadRequest.With(
            "A narrowable token works at the zone, and opens the sites in 'sites'; 'site' is for tokens of one site."),
        { Narrowable: true, S3: true } => ErrorCode.BadRequest.With(
            "A narrowable token opens S3 without an S3 key of its own: leave out 's3'."),
        { S3: false, Narrowable: false, Sites.Count: > 0 } => ErrorCode.BadRequest.With(
            "Only an S3 key or a narrowable token opens several sites: with 's3' or 'narrowable', or use 'site' for a token of one site."),
        { Sites.Count: > TokenScope.MaxSites } => ErrorCode.BadRequest.With($"A key opens at most {TokenScope.MaxSites} sites."),
        _ => null,
    };

    /// <summary>
    /// Adds a token that is a key of the S3 door, and one for each site that it opens, which ends with it. Their bearer texts are generated
    /// and discarded, so that they are never known.
    /// </summary>
    private static IssuedToken AddS3Key(
        ZoneChange change, UserRecord user, string? name, TokenScope scope, DateTimeOffset? end, S3Keys keys)
    {
        (string id, BlobHash hash, _) = Credential.Issue(CredentialKind.Token);
        TokenRecord token = change.Tokens.Create(id, user.Id, name, hash, scope, end, S3Keys.FirstGeneration);
        foreach (string site in scope.Opens)
        {
            (string there, BlobHash thereHash, _) = Credential.Issue(CredentialKind.Token);
            change.Tokens.Create(there, user.Id, name, thereHash, scope.Narrow(MostAtSite).At(site).Opening([site]), end, loginId: id);
        }

        change.AddAudit(Operation.TokenCreate.Name, "token:" + id, $"S3 key for user:{user.Name}, scope '{scope}'");
        return new IssuedToken(token, keys.SecretOf(token), S3Keys.AccessKeyOf(id))
        {
            Sites = Opened(change, scope),
        };
    }

    /// <summary>
    /// Adds a token whose secret is a private key, and one for each site that it opens, which ends with it and reaches what that site has.
    /// Their records have the hash of the public key.
    /// </summary>
    private static IssuedToken AddNarrowable(ZoneChange change, UserRecord user, string? name, TokenScope scope, DateTimeOffset? end)
    {
        (string id, _, _) = Credential.Issue(CredentialKind.Token);
        var key = NarrowedToken.Make(change.ZoneId, id);
        TokenRecord token = change.Tokens.Create(id, user.Id, name, key.RootHash, scope, end);
        foreach (string site in scope.Opens)
        {
            change.Tokens.Create(
                SiteTokens.IdAt(site, id), user.Id, name, key.RootHash, scope.At(site).Opening([site]).HeldOnly(), end, loginId: id);
        }

        change.AddAudit(Operation.TokenCreate.Name, "token:" + id, $"narrowable, for user:{user.Name}, scope '{scope}'");
        return new IssuedToken(token, new IssuedSecret(key.Text)) { Sites = Opened(change, scope) };
    }

    private static SiteRecord[] Opened(ZoneTables tables, TokenScope scope) =>
        [.. scope.Opens.Select(site => tables.Sites.Find(site)!).OrderBy(static site => site.Name, StringComparer.Ordinal)];

    private static Result<TokenScope> OpenSites(ZoneTables tables, TokenScope scope, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return scope;
        }

        IReadOnlyList<SiteRecord> all = tables.Sites.List();
        if (names is [TokenRequest.AllSites])
        {
            names = [.. all.Select(static site => site.Name)];
        }

        if (names.Count == 0)
        {
            return ErrorCode.Unprocessable.With("This zone has no other sites that a key could open.");
        }

        if (names.Count > TokenScope.MaxSites)
        {
            return ErrorCode.Unprocessable.With(
                $"This zone has {names.Count} sites, and a key opens at most {TokenScope.MaxSites}: name those that you need.");
        }

        if (scope.Narrow(MostAtSite).Scopes == TokenScopes.None)
        {
            return ErrorCode.Unprocessable.With(
                "At a site, a key has the scopes read, write and manage: it needs one of them.");
        }

        if (names.FirstOrDefault(name => all.All(site => site.Name != name)) is { } unknown)
        {
            return SiteName.Unknown(unknown);
        }

        return scope.Opening(all.Where(site => names.Contains(site.Name)).Select(static site => site.Id));
    }

    private static Result<TokenScope> ForSite(ZoneTables tables, TokenScope scope, string? site) =>
        site is null ? scope
        : tables.Sites.FindByName(site) is { } found ? scope.At(found.Id)
        : SiteName.Unknown(site);

    internal static Result<IssuedToken> CreateToken(
        ZoneChange change, PrincipalId user, string? name, TokenScope scope, DateTimeOffset? end, S3Keys? s3)
    {
        // Asked again: the account may have been disabled since the caller was found.
        if (change.Principals.FindUser(user) is not { DisabledAt: null } record)
        {
            return ErrorCode.Unauthenticated.With("Your account is disabled. Ask an administrator.");
        }

        if (CheckTokenLimit(change, user, scope.Parent) is { } full)
        {
            return full;
        }

        return scope.IsNarrowable ? AddNarrowable(change, record, name, scope, end)
            : s3 is not null ? AddS3Key(change, record, name, scope, end, s3)
            : AddToken(change, record, name, scope, end);
    }

    // Steps are counted apart: however many there are, an account can log in.
    private static HutchError? CheckTokenLimit(ZoneTables tables, PrincipalId user, string? parent)
    {
        if (parent is null)
        {
            if (tables.Tokens.CountOf(user) >= AccountLimits.MaxTokensPerUser)
            {
                return ErrorCode.TooLarge.With($"You have {AccountLimits.MaxTokensPerUser} tokens, the maximum. Revoke some first.");
            }

            return null;
        }

        if (tables.Tokens.CountOfSteps(user, parent) >= AccountLimits.MaxStepsPerToken)
        {
            return ErrorCode.TooLarge.With(
                $"This token has {AccountLimits.MaxStepsPerToken} tokens for steps, the maximum. End some first, or use another token.");
        }

        if (tables.Tokens.CountOfLateSteps(user, parent) >= AccountLimits.MaxStepsPerHour)
        {
            return (ErrorCode.TooManyRequests with { Advice = "Use one for several steps, or wait." }).With(
                $"This token has made {AccountLimits.MaxStepsPerHour} tokens for steps within an hour, the maximum.");
        }

        return null;
    }

    private static Result<Done> RevokeToken(ZoneChange change, Caller caller, string id)
    {
        HutchError none = ErrorCode.NotFound.With($"You have no active token {Display.Quote(id)}.");
        if (change.Tokens.Find(id) is not { RevokedAt: null } token)
        {
            return none;
        }

        bool own = token.UserId == caller.User?.Id;
        Operation operation = id == caller.CredentialId ? Operation.MeRead : own ? Operation.TokenRevoke : Operation.TokenRevokeAny;
        Result<Done> allowed = Authorizer.Authorize(caller, operation);
        if (!allowed.IsOk)
        {
            return own || caller.Roles.Intersects(operation.Roles) ? allowed.Error : none;
        }

        change.Tokens.Revoke(id);
        change.OutliveMachine();
        change.AddAudit(
            Operation.TokenRevoke.Name, "token:" + id, own ? null : $"of user:{change.Principals.FindUser(token.UserId)?.Name}");
        return Done.Value;
    }

    private static Result<TokenScope> NewScope(Caller caller, TokenRequest request)
    {
        if (request.Narrowable
            && ((request.Scopes & ~TokenScope.NarrowableScopes) > 0 || request is not { Namespace: null, Instrument: null }))
        {
            return ErrorCode.BadRequest.With(
                "A narrowable token has the scopes read, write and manage at most, and is for no worker and no instrument.");
        }

        if (request.Namespace is not null || request.Scopes?.HasFlag(TokenScopes.Work) == true)
        {
            return WorkScope(caller, request);
        }

        if (request.Scopes?.HasFlag(TokenScopes.Scim) == true)
        {
            return ScimScope(caller, request);
        }

        if (request.Instrument is not null)
        {
            return ScreenScope(caller, request);
        }

        TokenScopes has = caller.Scope.Scopes;
        TokenScopes usual = TokenScopes.Read | TokenScopes.Write | (request.S3 ? TokenScopes.Manage : TokenScopes.None);
        TokenScopes wanted = request.Scopes ?? usual & has;
        if (wanted == TokenScopes.None)
        {
            return ErrorCode.BadRequest.With("A token needs at least one scope: read, write, manage, admin, work or scim.");
        }

        if ((wanted & ~has) != 0)
        {
            string missing = new TokenScope(wanted & ~has).ToString();
            return ErrorCode.ScopeMissing.With(
                $"A token cannot create one with more scopes: this one lacks the scope '{missing}'.", "missingScope", missing);
        }

        var asked = new TokenScope(wanted, request.Dataset is DatasetId dataset ? [dataset] : null);
        return caller.Scope.Narrow(asked);
    }

    // Not narrowed either: it has no right of its maker.
    private static Result<TokenScope> ScreenScope(Caller caller, TokenRequest request)
    {
        if (request is not { Scopes: null or TokenScopes.Read, Dataset: null, Site: null, S3: false })
        {
            return ErrorCode.BadRequest.With(
                "A token of an instrument has the scope read and nothing else: no other scope, no dataset, no site, and it is no S3 key.");
        }

        Result<Done> allowed = Authorizer.Authorize(caller, Operation.VisitChange);
        return allowed.IsOk
            ? AccountText.Line(request.Instrument, "instrument").Then<TokenScope>(name => TokenScope.ForInstrument(name!))
            : allowed.Error;
    }

    // Neither is this: only a token with the scope admin makes one, and it can do less.
    private static Result<TokenScope> ScimScope(Caller caller, TokenRequest request)
    {
        if (request is not { Scopes: TokenScopes.Scim, Dataset: null, Site: null, S3: false, Instrument: null })
        {
            return ErrorCode.BadRequest.With(
                "A token of an identity provider has the scope scim and nothing else: no other scope, no dataset, no site, and it is no "
                + "S3 key.");
        }

        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserCreate);
        return allowed.IsOk ? new TokenScope(TokenScopes.Scim) : allowed.Error;
    }

    // What a worker may is nothing that its maker may: not narrowed, but a right of its own.
    private static Result<TokenScope> WorkScope(Caller caller, TokenRequest request)
    {
        if (request is not { Scopes: TokenScopes.Work, Dataset: null, S3: false })
        {
            return ErrorCode.BadRequest.With(
                "A token of a namespace has the scope work and nothing else: no other scope, no dataset, and it is no S3 key.");
        }

        Result<Done> allowed = Authorizer.Authorize(caller, Operation.WorkerAdmit);
        return allowed.IsOk
            ? WorkerNamespace.Parse(request.Namespace ?? WorkerNamespace.Default).Then<TokenScope>(ns => TokenScope.ForWork(ns))
            : allowed.Error;
    }

    private Result<DateTimeOffset?> NewEnd(Caller caller, TimeSpan? life)
    {
        DateTimeOffset? asked = null;
        if (life is TimeSpan span)
        {
            if (!AccountText.End(span, time.GetUtcNow()).TryGet(out DateTimeOffset end, out HutchError? error))
            {
                return error;
            }

            asked = end;
        }

        DateTimeOffset? limit = caller.Token?.ExpiresAt;
        return limit is not null && (asked is null || asked > limit) ? limit : asked;
    }
}
