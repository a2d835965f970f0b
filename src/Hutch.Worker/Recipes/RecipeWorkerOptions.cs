namespace Hutch.Worker.Recipes;

/// <summary>The messages that a <see cref="RecipeWorker"/> takes, and the files that it may read.</summary>
public sealed record RecipeWorkerOptions
{
    /// <summary>The queue, by its name at the broker.</summary>
    public required string Queue { get; init; }

    /// <summary>The folders, by their real paths, whose files messages may name.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>Threads that decode and analyse.</summary>
    public required int Threads { get; init; }

    /// <summary>The most memory of images, packed and decoded, and of masks, bytes.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>The options for opening files.</summary>
    public required FrameSourceOptions Files { get; init; }
}
