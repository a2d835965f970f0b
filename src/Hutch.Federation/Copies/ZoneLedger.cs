using Hutch.Model;

namespace Hutch.Federation.Copies;

/// <summary>Where this site tells the zone something, once it is known how.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ZoneLedger
{
    private volatile ICopyLedger? _ledger;

    /// <summary>Says how the zone is told.</summary>
    public void Set(ICopyLedger ledger) => _ledger = ledger;

    /// <summary>How the zone is told; a refusal until it was reached.</summary>
    public Result<ICopyLedger> Find() =>
        _ledger is { } ledger ? Result<ICopyLedger>.Ok(ledger) : ErrorCode.Unavailable.With("The zone was not reached yet.");
}
