using Hutch.Programs;
using Hutch.Programs.Engines;

namespace Hutch.Datasets;

/// <summary>The programs of a server by its configuration.</summary>
/// <param name="Engines">What executes them at this server.</param>
public sealed record ConfiguredPrograms(ProgramOptions Options, IReadOnlyList<IProgramEngine> Engines);
