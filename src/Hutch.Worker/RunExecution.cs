namespace Hutch.Worker;

/// <summary>
/// A worker's part of one run: loops that take frames, read and analyse them, and give their rows. There is one loop more than threads, so
/// that the next frame is read while all of them compute.
/// </summary>
internal sealed partial class RunExecution(
    IFrameLeaseSource source, IAnalysisStep step, ComputeThreads threads, ImageMemory images, TimeProvider time, ILogger logger)
{
    /// <summary>Rows of one lease are given together, but do not wait longer than this for the others.</summary>
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(200);

    private readonly int _loops = (threads.Count * (1 + source.ReadAhead)) + 1;

    /// <summary>Works from the first frames on until the run has no more.</summary>
    public async Task RunAsync(FrameLease first, CancellationToken cancellationToken)
    {
        using IDisposable? scope = source.Enter(first);
        using PreparedFrames? prepared = await PrepareAsync(first, cancellationToken);
        if (prepared is null)
        {
            return;
        }

        // The first loop that fails ends the others.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, _loops).Select(async number =>
        {
            try
            {
                await WorkAsync(number == 0 ? first : null, first, prepared, stop.Token);
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }));
    }

    /// <summary>Prepares the step; null when it cannot be, which ends the run.</summary>
    private async Task<PreparedFrames?> PrepareAsync(FrameLease first, CancellationToken cancellationToken)
    {
        HutchError refusal;
        try
        {
            IPreparedStep made = (await step.PrepareAsync(
                (path, maxBytes, ct) => source.ReadEntryAsync(first, path, maxBytes, ct),
                ParameterValues.Read(step.Declaration, first.Parameters).Value,
                images,
                _loops,
                cancellationToken)).Value;
            return new PreparedFrames(made);
        }
        catch (HutchException e)
        {
            refusal = e.Error;
        }
        catch (Exception e) when (e is OperationCanceledException or LeaseLostException)
        {
            await ReturnAsync(first);
            throw;
        }
        catch (Exception e)
        {
            LogFault(logger, first.Run, e);
            refusal = ErrorCode.Internal.With("The analysis stopped because of an internal error, which is in the worker's log.");
        }

        await source.FailRunAsync(first, refusal, cancellationToken);
        return null;
    }

    private async Task WorkAsync(FrameLease? lease, FrameLease first, PreparedFrames prepared, CancellationToken cancellationToken)
    {
        using var row = new RowWriter(step.Declaration.Columns);
        for (lease ??= await source.LeaseNextAsync(first, cancellationToken);
            lease is not null;
            lease = await source.LeaseNextAsync(first, cancellationToken))
        {
            try
            {
                await AnalyseAsync(lease, prepared, row, cancellationToken);
            }
            catch (LeaseLostException e)
            {
                LogLost(logger, lease.Run, e.Message);
            }
            catch (StepFailedException e)
            {
                await FailAsync(lease, e.Error, cancellationToken);
            }
            catch
            {
                await ReturnAsync(lease);
                throw;
            }
        }
    }

    private async Task AnalyseAsync(FrameLease lease, PreparedFrames prepared, RowWriter row, CancellationToken cancellationToken)
    {
        var rows = new List<FrameResult>(lease.Frames.Count);
        long began = time.GetTimestamp();
        foreach (StoredFrame frame in lease.Frames)
        {
            await AnalyseAsync(lease, frame, prepared, row, cancellationToken);
            rows.Add(new FrameResult(frame.Number, JsonElement.Parse(row.Row.Span)));
            if (frame.Number == lease.Frames[^1].Number || time.GetElapsedTime(began) > GatherFor)
            {
                await source.GiveAsync(lease, rows, cancellationToken);
                rows.Clear();
                began = time.GetTimestamp();
            }
        }
    }

    private async Task AnalyseAsync(
        FrameLease lease, StoredFrame frame, PreparedFrames prepared, RowWriter row, CancellationToken cancellationToken)
    {
        try
        {
            using (PreparedFrames.Turn slot = await prepared.EnterAsync(cancellationToken))
            {
                await source.ReadFrameAsync(lease, frame, slot.Buffer, prepared.Step.MaxFrameBytes, cancellationToken);
                await threads.RunAsync(
                    () => row.Write(prepared.Step, new RawFrame(frame.Number, slot.Buffer.Bytes, frame.Entry.UserMetadata)),
                    cancellationToken);
            }

            // Before the row: a reader of the row finds its files. Together, so that one sync does for all.
            await Task.WhenAll(row.Files.Select(file => source.PutFileAsync(lease, frame.Number, file, cancellationToken)));
        }
        catch (Exception e) when (e is not (OperationCanceledException or LeaseLostException or StepFailedException))
        {
            // An error of the frame alone: its row reports it, and the run continues.
            LogFrameFailed(logger, frame.Number, e);
            row.WriteError(
                frame.Number,
                (e as HutchException)?.Error.Message ?? "The frame could not be analysed because of an internal server error.");
        }
    }

    private async Task FailAsync(FrameLease lease, HutchError reason, CancellationToken cancellationToken)
    {
        try
        {
            await source.FailRunAsync(lease, reason, cancellationToken);
        }
        catch (LeaseLostException e)
        {
            // Another loop has reported it.
            LogLost(logger, lease.Run, e.Message);
        }
    }

    // Not cancelled, whatever was: other workers wait for these frames.
    private Task ReturnAsync(FrameLease lease) => source.ReturnAsync(lease, CancellationToken.None);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Debug, Message = "Frame {Frame} could not be analysed")]
    private static partial void LogFrameFailed(ILogger logger, int frame, Exception exception);

    [LoggerMessage(EventId = 6106, Level = LogLevel.Error, Message = "Run {Run} cannot be prepared because of an error inside the worker")]
    private static partial void LogFault(ILogger logger, Guid run, Exception exception);

    [LoggerMessage(EventId = 6107, Level = LogLevel.Debug, Message = "Frames of run {Run} are no longer this worker's: {Reason}")]
    private static partial void LogLost(ILogger logger, Guid run, string reason);
}
