using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Engines;

/// <summary>The log in memory.</summary>
public abstract class MemoryLogConformance : SiteLogConformance, IDisposable
{
    private ISiteLog? _log;

    internal MemoryLog Shared { get; } = new(new StandingTime());

    internal Func<LogStep, Exception?> Fail { get; set; } = static _ => null;

    internal override ISiteLog Log => _log ??= Shared.Connect(step => Fail(step));

    internal override ISiteBytes Bytes => Shared.Bytes;

    public void Dispose()
    {
        Shared.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void FillUp() => Fail = static step =>
        step == LogStep.BeforeAppend ? new StorageFullException(1 << 20, 0, 0) : null;

    protected override void Mend() => Fail = static _ => null;
}
