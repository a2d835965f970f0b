using System.Globalization;
using Hutch.Disk;
using Hutch.Messaging.RabbitMq;

namespace Hutch.Worker.Recipes;

/// <summary>
/// A step of recipes: takes messages of python-workflows from a queue, finds the spots in the image that each names, and sends the nine
/// statistics on as the recipe says. It is the service <c>per_image_analysis</c> of Diamond: see docs/reference/recipes.md.
/// </summary>
/// <remarks>
/// A message is acknowledged when its answers are durable. One that can never be answered becomes a dead letter with the reason; one whose
/// image is not there yet is tried again, each time after twice as long.
/// </remarks>
public sealed partial class RecipeWorker(RabbitMqBus bus, RecipeWorkerOptions options, ILogger<RecipeWorker> logger)
{
    private const int MaxOpenFiles = 4;
    private const int MaxAttempts = 6;
    private const int FirstWaitMilliseconds = 500;

    private static readonly IAnalysisStep Step = AnalysisSteps.All.First(step => step.Declaration.Name == ImageParameters.Step);

    private readonly ConcurrentBag<RowWriter> _rows = [];
    private long _images;

    public long Images => Interlocked.Read(ref _images);

    /// <summary>Processes messages until cancelled; unfinished ones are delivered again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var threads = new ComputeThreads(options.Threads);
        await using var files = new SeriesCache(MaxOpenFiles);
        var queue = new BusQueue
        {
            Name = options.Queue,
            DeadLetters = BusQueue.ZocaloDeadLetterPrefix + options.Queue,
            IsShared = true,
            Prefetch = 2 * (options.Threads + 1),
        };
        await using IBusSubscription messages = await bus.SubscribeAsync(queue, cancellationToken);

        // One more than threads: the next image is read while all of them compute.
        var loops = new ParallelOptions { MaxDegreeOfParallelism = options.Threads + 1, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            messages.ReadAsync(cancellationToken), loops, async (delivery, ct) => await HandleAsync(delivery, files, threads, ct));
    }

    private async Task HandleAsync(Delivery delivery, SeriesCache files, ComputeThreads threads, CancellationToken cancellationToken)
    {
        try
        {
            if ((await AnswerAsync(delivery.Message, files, threads, cancellationToken)).Error is not { } refusal)
            {
                Interlocked.Increment(ref _images);
                await delivery.AckAsync(cancellationToken);
            }
            else if (refusal.Code != ErrorCode.NotFound || !await TryLaterAsync(delivery.Message, cancellationToken))
            {
                LogRefused(logger, refusal.Message);
                await delivery.NackAsync(requeue: false, refusal.Message, cancellationToken);
            }
            else
            {
                await delivery.AckAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFault(logger, e);
            await delivery.NackAsync(
                requeue: e is not HutchException,
                (e as HutchException)?.Error.Message ?? $"The image could not be analysed: {e.Message}",
                cancellationToken);
        }
    }

    private async Task<Result<Done>> AnswerAsync(
        BusMessage message, SeriesCache files, ComputeThreads threads, CancellationToken cancellationToken)
    {
        if (!ImageRequest.Read(message).TryGet(out ImageRequest? request, out HutchError? refusal)
            || !FindFile(request.File).TryGet(out string? path, out refusal)
            || !ParameterValues.Check(Step.Declaration, request.Parameters).TryGet(out ParameterValues? values, out refusal)
            || !(await files.TakeAsync(KeyOf(path, values), () => OpenAsync(path, values, cancellationToken), cancellationToken))
                .TryGet(out SeriesCache.Use? use, out refusal))
        {
            return refusal;
        }

        await using SeriesCache.Use file = use;
        RowWriter row = _rows.TryTake(out RowWriter? idle) ? idle : new RowWriter(Step.Declaration.Columns);
        Result<Done> done = await file.Series.AnalyseAsync(request.Image, row, threads, cancellationToken);
        if (done.Error is { } failure)
        {
            if (failure.Code == ErrorCode.NotFound)
            {
                // It may have been written since the file was opened.
                file.Remove();
            }

            return failure;
        }

        JsonElement answer = request.Answer(row.Row.Span);
        _rows.Add(row);
        return await SendAsync(request.Message, answer, cancellationToken);
    }

    private async Task<Result<Done>> SendAsync(RecipeMessage message, JsonElement answer, CancellationToken cancellationToken)
    {
        if (!message.Send(message.Node.To("result", isMain: true), answer)
            .TryGet(out IReadOnlyList<QueuedMessage>? messages, out HutchError? refusal))
        {
            return refusal;
        }

        foreach (QueuedMessage next in messages)
        {
            if (!await bus.TryPublishAsync(next.Queue, next.Headers, next.Body, cancellationToken))
            {
                return ErrorCode.Unprocessable.With(
                    $"The recipe sends the result to the queue {Display.Quote(next.Queue)}, which does not exist.");
            }
        }

        return Done.Value;
    }

    /// <summary>Puts a message back for later; false when that was done often enough.</summary>
    private async Task<bool> TryLaterAsync(BusMessage message, CancellationToken cancellationToken)
    {
        _ = int.TryParse(
            message.Headers.GetValueOrDefault(BusMessage.RetryHeader), NumberStyles.None, CultureInfo.InvariantCulture, out int before);
        if (before + 1 >= MaxAttempts)
        {
            return false;
        }

        var headers = new Dictionary<string, string>(message.Headers, StringComparer.Ordinal)
        {
            [BusMessage.RetryHeader] = (before + 1).ToString(CultureInfo.InvariantCulture),
            [BusMessage.DelayHeader] = (FirstWaitMilliseconds << before).ToString(CultureInfo.InvariantCulture),
        };
        return await bus.TryPublishAsync(options.Queue, headers, message.Body, cancellationToken);
    }

    private Result<string> FindFile(string file)
    {
        if (!Path.IsPathFullyQualified(file) || file.Contains('\0', StringComparison.Ordinal))
        {
            return ErrorCode.Unprocessable.With($"'file' is {Display.Quote(file)}; it must be a full path.");
        }

        return RealPath.Resolve(file) is not { } path ? ErrorCode.NotFound.With($"There is no file {Display.Quote(file)}.")
            : options.Folders.Any(folder => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)) ? path
            : ErrorCode.Unprocessable.With($"{Display.Quote(file)} is in no folder that this worker may read.");
    }

    private static SeriesKey KeyOf(string path, ParameterValues values) => new(
        path,
        FileFacts.Read(path)?.Modified ?? default,
        string.Join('&', values.Set.Select(one => $"{one.Parameter.Name}={one.Value.GetRawText()}")));

    private Task<Result<OpenSeries>> OpenAsync(string path, ParameterValues values, CancellationToken cancellationToken)
    {
        // A part for each, so that none waits for memory that an idle one has.
        var memory = new ImageMemory(options.ImageBytes / MaxOpenFiles);
        return OpenSeries.OpenAsync(path, Step, values, memory, options.Threads + 1, options.Files, cancellationToken);
    }

    [LoggerMessage(EventId = 6201, Level = LogLevel.Warning, Message = "A message was given up: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 6202, Level = LogLevel.Error, Message = "A message could not be answered")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
