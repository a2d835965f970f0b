using System.ComponentModel.DataAnnotations;

namespace Hutch.Programs;

/// <summary>A batch system whose nodes share a folder with the server, and reach it.</summary>
public abstract class BatchOptions
{
    /// <summary>
    /// A folder that the nodes share with the server, of the server's account: an absolute path. Without it there is no cluster.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>A folder for inputs and results on a node: an absolute path. Default: `scratch` in the folder above.</summary>
    public string? Scratch { get; init; }

    /// <summary>
    /// The address at which nodes reach the server, such as `https://hutch.example.org`. Default: its own on this machine.
    /// </summary>
    public Uri? Server { get; init; }

    /// <summary>The program `hutch` on the nodes: an absolute path. Default: that of the server.</summary>
    public string? Program { get; init; }

    /// <summary>The most jobs that are handed over at the same time.</summary>
    [Range(1, 100_000)]
    public int MaxJobs { get; init; } = 200;

    /// <summary>Minutes for staging and pushing, in addition to the time of the program.</summary>
    [Range(1, 10_000)]
    public int ExtraMinutes { get; init; } = 30;

    internal IEnumerable<string> Paths => new[] { Folder, Scratch, Program }.OfType<string>();
}
