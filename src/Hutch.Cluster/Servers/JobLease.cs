using Hutch.Site.Platform.Leases;

namespace Hutch.Cluster.Servers;

/// <summary>The lease of one job, while PostgreSQL certainly gives it to no other server.</summary>
public sealed class JobLease : IJobLease
{
    private readonly JobLeases _leases;
    private readonly CancellationTokenSource _lost;
    private readonly Lock _gate = new();
    private bool _isDisposed;

    internal JobLease(JobLeases leases, string job, long epoch, TimeSpan heldFor, TimeProvider time)
    {
        _leases = leases;
        Job = job;
        Epoch = epoch;
        _lost = new CancellationTokenSource(heldFor, time);
        Lost = _lost.Token;
    }

    public string Job { get; }

    public long Epoch { get; }

    public CancellationToken Lost { get; }

    public bool IsHeld => !Lost.IsCancellationRequested && _leases.Holds(this);

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _lost.Dispose();
        await _leases.ReleaseAsync(this, CancellationToken.None);
    }

    /// <summary>Extends the lease to the given time from now; does nothing if it was lost or returned.</summary>
    internal void Prolong(TimeSpan heldFor)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _lost.CancelAfter(heldFor < TimeSpan.Zero ? TimeSpan.Zero : heldFor);
            }
        }
    }
}
