using Hutch.Objects.Http;

namespace Hutch.Commands.Jobs;

/// <summary>
/// The token of the command of a job: it reads the inputs and writes the output, and is renewed while the command runs. It ends with
/// this object, or expires soon after this process is killed.
/// </summary>
internal sealed class JobToken : IAsyncDisposable
{
    /// <summary>Its lifetime without renewal.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    /// <summary>The server renews it when half of its life is over; a lost renewal or two do no harm then.</summary>
    internal static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    private readonly HutchClient _server;
    private readonly TimeProvider _time;
    private readonly string _id;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;

    private JobToken(HutchClient server, CreatedToken made, TimeProvider time)
    {
        (_server, _time, _id, Text) = (server, time, made.Id, made.Token!);
        _renewing = RenewAsync(_stop.Token);
    }

    internal string Text { get; }

    /// <summary>Requests a token; returns null, with a message for the user, when the server gives none.</summary>
    internal static async Task<JobToken?> TryCreateAsync(
        HutchClient server, IReadOnlyList<DatasetId> inputs, DatasetId output, TimeProvider time, Action<string> tell, CancellationToken ct)
    {
        try
        {
            var wanted = new CreateStepToken { Inputs = inputs, Output = output, ExpiresIn = (long)Life.TotalSeconds };
            return new JobToken(server, await server.CreateStepTokenAsync(wanted, ct), time);
        }
        catch (HutchException e)
        {
            tell($"The command gets no token of its own: {e.Message}");
            return null;
        }
    }

    /// <summary>Revokes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        _stop.Dispose();
        using var limit = new CancellationTokenSource(TimeToEnd, _time);
        try
        {
            await _server.EndStepTokenAsync(_id, limit.Token);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException or OperationCanceledException)
        {
            // It expires automatically.
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(RenewEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await _server.RenewStepTokenAsync(_id, new RenewStepToken { ExpiresIn = (long)Life.TotalSeconds }, ct);
                }
                catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException)
                {
                    // The next one may get through.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended.
        }
    }
}
