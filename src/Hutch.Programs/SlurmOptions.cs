namespace Hutch.Programs;

/// <summary>A Slurm cluster whose nodes share a folder with the server, and reach it.</summary>
public sealed class SlurmOptions : BatchOptions
{
    /// <summary>Further arguments of `sbatch`, such as `--partition=short` or `--account=mx`.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
