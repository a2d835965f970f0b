using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Accounts;

/// <summary>Users, groups, roles and tokens. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed partial class AccountService
{
    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;
    private readonly Mailbox _mailbox;
    private readonly TimeProvider _time;
    private readonly S3Keys _s3Keys;

    public AccountService(ZoneDatabase zone, Authorizer authorizer, S3Keys s3Keys, Mailbox mailbox, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(zone);
        _zone = zone;
        _authorizer = authorizer;
        _s3Keys = s3Keys;
        _mailbox = mailbox;
        _time = time;
    }

    public async ValueTask<Result<IReadOnlyList<AuditRecord>>> ReadAuditAsync(
        Caller caller, AuditSpan span, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.AuditRead);
        return allowed.IsOk
            ? Result<IReadOnlyList<AuditRecord>>.Ok(await _zone.ReadAsync(t => t.Audit.List(span, Page(limit)), ct))
            : allowed.Error;
    }

    /// <summary>Returns the user or group with a name. It does not authorize: the calling code does.</summary>
    public async ValueTask<Result<PrincipalRecord>> FindPrincipalAsync(string name, CancellationToken ct) =>
        await _zone.ReadAsync(tables => tables.Principals.Find(name), ct) is { } found
            ? found
            : ErrorCode.NotFound.With($"There is no user or group {Display.Quote(name)}.");

    /// <summary>Adds a line to the audit about an action outside the zone, such as a purge. Returns after the sync.</summary>
    public ValueTask AuditAsync(Caller caller, Operation operation, string target, string? detail, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return _zone.AuditAsync(caller.Actor, operation.Name, target, detail, ct);
    }

    private static int Page(int limit) => Math.Clamp(limit, 1, AccountLimits.MaxPage);

    private static HutchError NoUser(string name) => ErrorCode.NotFound.With($"There is no user {Display.Quote(name)}.");

    private static HutchError NoGroup(string name) => ErrorCode.NotFound.With($"There is no group {Display.Quote(name)}.");
}
