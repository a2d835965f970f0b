using Hutch.Model;

namespace Hutch.DataLad.Store;

/// <summary>The two stored files of a pack. Neither ever changes.</summary>
internal sealed record PackFiles(Entry Pack, Entry Index);
