using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Simulator.Microscope;

namespace Hutch.Cli.Verbs.Simulators;

/// <summary><c>hutch simulate microscope</c>: a cryo-EM session that writes into a facility folder.</summary>
internal sealed class SimulateMicroscopeVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "microscope",
        "Write what a cryo-EM session leaves in a facility folder: a metadata file, a gain reference, and movies (MRC) that grow "
        + "while they are recorded. The file .running is there until the end; Ctrl-C ends the session early.",
        "hutch simulate microscope /data/krios --rate 0.2",
        "hutch simulate microscope /data/krios --layout epu --movies 100 --rate 2",
        "hutch simulate microscope /data/krios --session 20261122_ribosome --movies 500 --size 4096x4096 --frames 40 --rate 0.1")
{
    private readonly Argument<string> _folder = verb.Argument<string>(
        "folder", "The folder in which the session gets one of its own.");
    private readonly Option<double?> _rate = verb.Option<double?>("--rate N", "Movies a second, such as 0.2 (default: 1).");
    private readonly Option<int?> _movies = verb.Option<int?>("--movies N", "The number of movies (default: 20).");
    private readonly Option<int?> _frames = verb.Option<int?>("--frames N", "The number of frames in a movie (default: 10).");
    private readonly Option<string?> _size = verb.Option<string?>(
        "--size WxH", "The pixels of a frame, up to 4096x4096 (default: 512x512).");
    private readonly Option<string?> _session = verb.Option<string?>(
        "--session NAME", "The name of the session (default: date and time).");
    private readonly Option<string?> _metadata = verb.Option<string?>(
        "--metadata FILE", "Copy this metadata file as it is (default: an SPA.yml with a new DataId).");
    private readonly Option<string?> _layout = verb.Option<string?>(
        "--layout PROGRAM",
        "Write the folders of this program: epu (atlas, squares, holes), or serialem (tilt series with .mdoc, a navigator).");
    private readonly Option<bool> _broken = verb.Option<bool>(
        "--broken", "With --layout: write some pieces wrong, late or under another name.");
    private readonly Option<ulong?> _seed = verb.Option<ulong?>(
        "--seed N", "The random seed; the same seed gives the same images (default: 1).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        MicroscopeOptions options = ReadOptions(context);
        TimeProvider time = context.Host.Time;
        string name = context.Value(_session)
            ?? time.GetUtcNow().ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture) + "_Demo";
        MetadataFile metadata = await ReadMetadataAsync(context, cancellationToken) ?? MetadataFile.Create(name, Guid.NewGuid());
        MicroscopeSession session =
            MicroscopeSession.Create(options, context.FullPath(context.Value(_folder)!), name, time).Value;
        context.WriteNote($"Recording {Display.Name(session.Folder)}; Ctrl-C ends the session.");
        context.Progress.Start("Recording", options.Movies, null, "movie", "movies");
        var progress = new ImageProgress(context.Progress, options.MovieBytes);
        int movies = await session.RunAsync(metadata, progress, cancellationToken);
        context.Progress.Dispose();
        long bytes = movies * options.MovieBytes;
        context.Print(
            new SimulateMicroscopeLine(session.Folder, movies, bytes),
            FullJson.Default.SimulateMicroscopeLine,
            $"{Display.Name(session.Folder)}: {Human.Count(movies, "movie")} of {options.Frames} x {options.Columns} x "
            + $"{options.Rows} pixels, {Display.Bytes(bytes)}{(movies < options.Movies ? "; ended early" : "")}.");
        return ExitCode.Ok;
    }

    private MicroscopeOptions ReadOptions(CliContext context)
    {
        MicroscopeOptions defaults = new();
        (int columns, int rows) = ReadSize(context.Value(_size)) ?? (defaults.Columns, defaults.Rows);
        return new MicroscopeOptions
        {
            Movies = context.Value(_movies) ?? defaults.Movies,
            Frames = context.Value(_frames) ?? defaults.Frames,
            Columns = columns,
            Rows = rows,
            MoviesPerSecond = context.Value(_rate) ?? defaults.MoviesPerSecond,
            Seed = context.Value(_seed) ?? defaults.Seed,
            IsBroken = context.Value(_broken),
            Layout = ReadLayout(context.Value(_layout)),
        };
    }

    private static SessionLayout ReadLayout(string? text) => text switch
    {
        null => SessionLayout.Plain,
        "epu" => SessionLayout.Epu,
        "serialem" => SessionLayout.SerialEm,
        _ => throw ErrorCode.BadRequest.With($"--layout is {Display.Quote(text)}; it must be epu or serialem.").ToException(),
    };

    private static (int Columns, int Rows)? ReadSize(string? text)
    {
        if (text is null)
        {
            return null;
        }

        string[] parts = text.Split('x');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            ? (columns, rows)
            : throw ErrorCode.BadRequest.With($"--size is {Display.Quote(text)}; write width and height, such as 1024x1024.").ToException();
    }

    private async Task<MetadataFile?> ReadMetadataAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_metadata) is not { } file)
        {
            return null;
        }

        string path = context.FullPath(file);
        return File.Exists(path)
            ? new MetadataFile(Path.GetFileName(path), await File.ReadAllBytesAsync(path, cancellationToken))
            : throw ErrorCode.NotFound.With($"{Display.Quote(path)} does not exist.").ToException();
    }
}

/// <summary>The output of <c>hutch simulate microscope --json</c>.</summary>
/// <param name="Bytes">The number of bytes of their pixels.</param>
internal sealed record SimulateMicroscopeLine(string Folder, int Movies, long Bytes);
