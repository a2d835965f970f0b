using Hutch.Model;

namespace Hutch.Site.Runs;

/// <param name="Number">Its number, from 1.</param>
/// <param name="Entry">Where its bytes are, and what its entry says of them.</param>
public readonly record struct StoredFrame(int Number, Entry Entry);
