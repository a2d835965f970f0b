using Hutch.Messaging;
using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Upkeep;

/// <summary>The queues of the bus for operators: their lengths, and their dead letters. Changes are audited first.</summary>
/// <param name="queues">The queues; null for a server that analyses nothing, and so has no bus.</param>
public sealed class QueueService(IQueueAdministration? queues, AccountService accounts)
{
    public async Task<Result<IReadOnlyList<QueueDepth>>> ListAsync(Caller caller, CancellationToken ct) =>
        Find(caller).TryGet(out IQueueAdministration? bus, out HutchError? refusal) ? await bus.ListAsync(ct) : refusal;

    public async Task<Result<LetterList>> ReadAsync(Caller caller, string queue, int most, CancellationToken ct) =>
        Find(caller).TryGet(out IQueueAdministration? bus, out HutchError? refusal) ? await bus.ReadAsync(queue, most, ct) : refusal;

    public async Task<Result<long>> DrainAsync(Caller caller, string queue, CancellationToken ct)
    {
        if (!Find(caller).TryGet(out IQueueAdministration? bus, out HutchError? refusal))
        {
            return refusal;
        }

        await AuditAsync(caller, queue, "drain", ct);
        return await bus.DrainAsync(queue, ct);
    }

    public async Task<Result<ResentLetters>> ResendAsync(Caller caller, string queue, int most, CancellationToken ct)
    {
        if (!Find(caller).TryGet(out IQueueAdministration? bus, out HutchError? refusal))
        {
            return refusal;
        }

        await AuditAsync(caller, queue, "resend", ct);
        return await bus.ResendAsync(queue, most, ct);
    }

    private Result<IQueueAdministration> Find(Caller caller)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.QueueManage);
        return !allowed.IsOk ? allowed.Error
            : queues is null ? ErrorCode.NotFound.With("This server analyses nothing, so it has no queues: 'analysis.enabled' is false.")
            : Result<IQueueAdministration>.Ok(queues);
    }

    private ValueTask AuditAsync(Caller caller, string queue, string what, CancellationToken ct) =>
        accounts.AuditAsync(caller, Operation.QueueManage, "queue:" + Display.Plain(queue, Display.MaxShownCharacters), what, ct);
}
