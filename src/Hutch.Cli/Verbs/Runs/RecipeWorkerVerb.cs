using System.ComponentModel.DataAnnotations;
using Hutch.Analysis.Memory;
using Hutch.Cli.Workers;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Commands.Verbs.Frames;
using Hutch.Detectors.Ingest;
using Hutch.Disk.Folders;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Worker.Recipes;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch recipe-worker</c>: a step of recipes of others, that finds spots in images of files.</summary>
internal sealed class RecipeWorkerVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "recipe-worker",
        "Be the service per_image_analysis of Zocalo recipes, until it is stopped: take messages from a queue of a RabbitMQ broker, "
        + "find the spots in the image that each names, and send the results on as its recipe says. It needs no Hutch server.",
        "hutch recipe-worker --broker amqps://rabbit/zocalo --user hutch --password-file password --files /data")
{
    private readonly Option<string> _broker = verb.Required<string>(
        "--broker URL", "The RabbitMQ broker, as amqp://HOST:PORT/VHOST or amqps://HOST:PORT/VHOST.");
    private readonly Option<string?> _user = verb.Option<string?>("--user NAME", "The user at the broker (default: guest).");
    private readonly Option<string> _password = verb.Required<string>(
        "--password-file FILE", "A file with the password of the user.");
    private readonly Option<string?> _queue = verb.Option<string?>(
        "--queue NAME", $"The queue to take messages from (default: {ImageParameters.Queue}).");
    private readonly Option<string[]> _files = verb.Required<string[]>(
        "--files DIR", "A folder whose files messages may name; repeatable.");
    private readonly Option<int?> _threads = verb.Option<int?>(
        "--threads T", "The number of threads (default: the processors).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        int threads = InRange(context.Value(_threads) ?? Environment.ProcessorCount, "--threads", WorkerVerb.MaxThreads);
        BusOptions broker = Broker(context);
        string queue = context.Value(_queue) ?? ImageParameters.Queue;
        string[] folders = [.. context.Value(_files)!.Select(folder => Folder(context, folder))];
        var options = new RecipeWorkerOptions
        {
            Queue = queue,
            Folders = folders,
            Threads = threads,
            ImageBytes = ImageMemory.UsualBytes,
            Files = new FrameSourceOptions { Hdf5Reader = ReaderLauncher.Command(), Time = context.Host.Time, AllowedFolders = folders },
        };
        Action<string> tell = context.Progress.Report;
        await using var bus = new RabbitMqBus(broker, context.Host.Time, new TerminalLogger<RabbitMqBus>(tell, context.Verbose));
        var worker = new RecipeWorker(bus, options, new TerminalLogger<RecipeWorker>(tell, context.Verbose));
        context.WriteNote(
            $"Takes messages from {queue} at {broker.Shown} with {Human.Count(threads, "thread")}; Ctrl-C stops it.");
        try
        {
            await worker.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The normal end: the broker hands out the unfinished messages again.
        }

        context.Print(
            new WorkerLine(queue, worker.Images),
            FullJson.Default.WorkerLine,
            $"{Human.Count(worker.Images, "image")} analysed.");
        return ExitCode.Ok;
    }

    private BusOptions Broker(CliContext context)
    {
        string file = context.Value(_password)!;
        var broker = new BusOptions
        {
            Url = context.Value(_broker),
            User = context.Value(_user) ?? "guest",
            Password = SmallFile.TryRead(context.FullPath(file)) is { } password
                ? Encoding.UTF8.GetString(password).TrimEnd('\r', '\n')
                : throw (ErrorCode.NotFound with { Advice = "Check the path." })
                    .With($"There is no file {Display.Quote(file)}.").ToException(),
        };
        return broker.Validate(new ValidationContext(broker)).FirstOrDefault() is { } wrong
            ? throw ErrorCode.BadRequest.With(wrong.ErrorMessage!.Replace("'url'", "--broker", StringComparison.Ordinal)).ToException()
            : broker;
    }

    private static string Folder(CliContext context, string folder) => RealPath.Resolve(context.FullPath(folder)) is { } path
        && FileFacts.Read(path) is { IsFolder: true }
            ? path
            : throw ErrorCode.BadRequest.With($"--files names {Display.Quote(folder)}, which is no folder.").ToException();
}
