using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Logins;

/// <summary>
/// Logins of the command line that a person approves in a browser, on any machine: the device flow (RFC 8628). The person types the code
/// that the command line shows, and sees which machine asks. Thread-safe.
/// </summary>
public sealed class DeviceLogins
{
    public const int IntervalSeconds = 2;

    private const string Kind = "device";
    private const string CodeKind = "device-code";
    private const int MaxUnderWay = 1000;

    /// <summary>Twenty consonants, so that no code is a word (RFC 8628, section 6.1).</summary>
    private const string CodeLetters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int CodeLength = 8;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly ZoneDatabase _zone;
    private readonly AccountOptions _options;
    private readonly TimeProvider _time;
    private readonly AttemptLimiter _attempts;

    internal DeviceLogins(ZoneDatabase zone, AccountOptions options, TimeProvider time)
    {
        (_zone, _options, _time) = (zone, options, time);
        _attempts = new AttemptLimiter(
            new AttemptLimits { PairBurst = 20, PairRefillSeconds = 30, AddressBurst = 100, AddressRefillSeconds = 6 }, time);
    }

    internal AttemptLimiter Attempts => _attempts;

    /// <summary>Begins a login; its code is for a page of the portal.</summary>
    public async ValueTask<Result<StartedDeviceLogin>> BeginAsync(LoginOrigin from, CancellationToken ct)
    {
        if (_zone.Joined is not null)
        {
            return ErrorCode.LoginRefused.With("This server is a site of a zone. Log in to the zone; `hutch` then logs in here by itself.");
        }

        if (_attempts.CheckAndCount(from.Address, "begin") is { } wait)
        {
            return wait;
        }

        string handle = OneTimeSecret.New();
        string code = RandomNumberGenerator.GetString(CodeLetters, CodeLength);
        DateTimeOffset end = _time.GetUtcNow() + Life;
        var device = new PendingLogin(OneTimeSecret.Key(handle), Kind, "", new Dictionary<string, string>(), end);
        var typed = new PendingLogin(
            OneTimeSecret.Key(code), CodeKind, "",
            new Dictionary<string, string>
            {
                ["device"] = device.Name,
                ["address"] = from.AddressText ?? "",
                ["agent"] = from.AgentText ?? "",
            },
            end);
        await LoginsUnderWay.AddAsync(_zone, MaxUnderWay, [device, typed], ct);
        return new StartedDeviceLogin(new IssuedSecret(handle), $"{code[..4]}-{code[4..]}", end);
    }

    /// <summary>Returns which machine asks with a code, for the person who typed it in a browser.</summary>
    public async ValueTask<Result<DeviceLoginOrigin>> FindAsync(Caller caller, string code, LoginOrigin from, CancellationToken ct) =>
        (await FindCodeAsync(caller, code, from, ct)).Then<DeviceLoginOrigin>(
            found => new DeviceLoginOrigin(found.Facts["address"], found.Facts["agent"], found.EndsAt - Life));

    /// <summary>Approves or refuses a login, once, for the person in whose browser session the code was typed.</summary>
    public async ValueTask<Result<Done>> AnswerAsync(
        Caller caller, string code, bool isApproved, LoginOrigin from, CancellationToken ct)
    {
        if (!(await FindCodeAsync(caller, code, from, ct)).TryGet(out PendingLogin? found, out HutchError? refusal))
        {
            return refusal;
        }

        bool isFirst = await _zone.KeepAsync(
            tables =>
            {
                if (tables.PendingLogins.Take(CodeKind, found.Name) is null
                    || tables.PendingLogins.Find(Kind, found.Facts["device"]) is not { } device)
                {
                    return false;
                }

                var facts = new Dictionary<string, string> { [isApproved ? "user" : "refused"] = caller.UserId.ToString() };
                tables.PendingLogins.SetFacts(device with { Facts = facts });
                return true;
            },
            ct);
        return isFirst ? Done.Value : Unknown();
    }

    /// <summary>Returns the token once the person has approved, and only once; null until then.</summary>
    public async ValueTask<Result<CreatedAccount?>> PollAsync(string handle, CancellationToken ct)
    {
        string key = OneTimeSecret.Key(handle);
        if (await _zone.ReadAsync(tables => tables.PendingLogins.Find(Kind, key), ct) is not { } login)
        {
            return ErrorCode.NotFound.With("This login is not in progress: it is finished, or took too long. Start again.");
        }

        if (login.Facts.Count == 0)
        {
            return (CreatedAccount?)null;
        }

        if (await _zone.KeepAsync(tables => tables.PendingLogins.Take(Kind, key), ct) is not { } taken)
        {
            return ErrorCode.NotFound.With("This login has just been finished.");
        }

        return taken.Facts.TryGetValue("user", out string? user)
            ? await _zone.ChangeAsync(
                new AuditActor(OneTimeSecret.User(user), "device login", null),
                change => GiveToken(change, OneTimeSecret.User(user)),
                ct)
            : ErrorCode.LoginRefused.With("The login was refused in the browser.");
    }

    private Result<CreatedAccount?> GiveToken(ZoneChange change, PrincipalId id) =>
        TokenService.CreateToken(
            change, id, "hutch login", TokenScope.Full, _time.GetUtcNow() + TimeSpan.FromDays(_options.DeviceTokenDays), s3: null)
            .Then<CreatedAccount?>(token => new CreatedAccount(change.Principals.FindUser(id)!, token));

    private async ValueTask<Result<PendingLogin>> FindCodeAsync(Caller caller, string code, LoginOrigin from, CancellationToken ct)
    {
        if (caller is not { IsUser: true, Session: not null } || _zone.Joined is not null)
        {
            return ErrorCode.Forbidden.With(
                "A login of the command line is approved in a browser, by a person who is logged in at the zone.");
        }

        string letters = new([.. code.ToUpperInvariant().Where(CodeLetters.Contains)]);
        if (_attempts.Check(AttemptLimiter.AddressKey(from.Address), caller.Name) is { } wait)
        {
            return wait;
        }

        if (await _zone.ReadAsync(tables => tables.PendingLogins.Find(CodeKind, OneTimeSecret.Key(letters)), ct) is { } found)
        {
            return found;
        }

        _attempts.Fail(AttemptLimiter.AddressKey(from.Address), caller.Name);
        return Unknown();
    }

    private static HutchError Unknown() => ErrorCode.NotFound.With(
        "No login is waiting with this code. Compare it with the one that `hutch login` shows, or run that again.");
}

/// <summary>A login of the command line that waits for approval.</summary>
/// <param name="Handle">The secret with which the command line polls for the result.</param>
/// <param name="UserCode">The code for a person to type, as <c>WDJB-MJHT</c>.</param>
public sealed record StartedDeviceLogin(IssuedSecret Handle, string UserCode, DateTimeOffset EndsAt);

/// <summary>The machine that asks for a login.</summary>
/// <param name="Address">Its network address; empty when not by network.</param>
/// <param name="Agent">Its program; empty when it does not say.</param>
public sealed record DeviceLoginOrigin(string Address, string Agent, DateTimeOffset At);
