using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Accounts;

/// <summary>
/// Tokens for one step of a program, which read its inputs and write its output. They are short-lived; the holder of the token that created
/// them can renew them. They end with that token. Thread-safe.
/// </summary>
public sealed class JobTokens
{
    /// <summary>The longest life of a token without renewal.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;
    private readonly TimeProvider _time;

    internal JobTokens(ZoneDatabase zone, Authorizer authorizer, TimeProvider time) =>
        (_zone, _authorizer, _time) = (zone, authorizer, time);

    /// <summary>Creates a token for a caller with the right to read each input and to write the output.</summary>
    public async ValueTask<Result<IssuedToken>> CreateAsync(Caller caller, StepRequest request, CancellationToken ct)
    {
        if (!FindParent(caller).TryGet(out TokenRecord? parent, out HutchError? refusal)
            || !EndOf(parent, request.Life).TryGet(out DateTimeOffset end, out refusal)
            || !(await _authorizer.AuthorizeAsync(caller, request.Output, Operation.EntryWrite, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        if (request.Inputs.Count >= TokenScope.MaxDatasets)
        {
            return ErrorCode.TooLarge.With($"A step has at most {TokenScope.MaxDatasets - 1} inputs.");
        }

        foreach (DatasetId input in request.Inputs)
        {
            if (!(await _authorizer.AuthorizeAsync(caller, input, Operation.EntryRead, ct)).TryGet(out _, out refusal))
            {
                return refusal;
            }
        }

        TokenScope scope = caller.Scope.ForStep(request.Inputs, request.Output, parent.Id);
        return await _zone.ChangeAsync(
            caller.Actor, change => TokenService.CreateToken(change, caller.UserId, "step", scope, end, null), ct);
    }

    /// <summary>
    /// Extends the life of a token, for the holder of the token that created it. While more than half of the life remains, nothing changes,
    /// so that frequent requests cause few writes.
    /// </summary>
    public async ValueTask<Result<TokenRecord>> RenewAsync(Caller caller, string id, TimeSpan life, CancellationToken ct)
    {
        if (!FindParent(caller).TryGet(out TokenRecord? parent, out HutchError? refusal)
            || !EndOf(parent, life).TryGet(out DateTimeOffset end, out refusal)
            || !(await _zone.ReadAsync(tables => Find(tables, id, parent), ct)).TryGet(out TokenRecord? step, out refusal))
        {
            return refusal;
        }

        return step.ExpiresAt >= end || step.ExpiresAt - _time.GetUtcNow() > life / 2 ? step : await _zone.ChangeAsync(
            caller.Actor,
            change => Find(change, id, parent).Then<TokenRecord>(_ =>
            {
                change.Tokens.SetEnd(id, end);
                change.AddAudit(Operation.TokenNarrow.Name, "token:" + id, $"until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
                return change.Tokens.Find(id)!;
            }),
            ct);
    }

    /// <summary>Ends a token, for the holder of the token that created it.</summary>
    public async ValueTask<Result<Done>> EndAsync(Caller caller, string id, CancellationToken ct)
    {
        Result<TokenRecord> parent = FindParent(caller);
        return parent.IsOk
            ? await _zone.ChangeUnlimitedAsync(
                caller.Actor,
                change => Find(change, id, parent.Value).Then<Done>(_ =>
                {
                    change.Tokens.Revoke(id);
                    change.AddAudit(Operation.TokenRevoke.Name, "token:" + id);
                    return Done.Value;
                }),
                ct)
            : parent.Error;
    }

    private Result<TokenRecord> Find(ZoneTables tables, string id, TokenRecord parent) =>
        tables.Tokens.Find(id) is { RevokedAt: null } step && step.Scope.Parent == parent.Id && !(step.ExpiresAt <= _time.GetUtcNow())
            ? step
            : ErrorCode.NotFound.With($"This token has made no token {Display.Quote(id)} for a step, or it has ended.");

    private static Result<TokenRecord> FindParent(Caller caller)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.TokenNarrow);
        return !allowed.IsOk ? allowed.Error
            : caller.Token is { } token ? token
            : ErrorCode.Forbidden.With("A token for a step is made with a token, and ends with it.");
    }

    private Result<DateTimeOffset> EndOf(TokenRecord parent, TimeSpan life)
    {
        if (life <= TimeSpan.Zero || life > LongestLife)
        {
            return ErrorCode.BadRequest.With($"A token for a step is good for at most {LongestLife.TotalSeconds:0} seconds at a time.");
        }

        DateTimeOffset end = _time.GetUtcNow() + life;
        return parent.ExpiresAt < end ? parent.ExpiresAt.Value : end;
    }
}
