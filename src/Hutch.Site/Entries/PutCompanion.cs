using Hutch.Model;
using Hutch.Site.Committing;

namespace Hutch.Site.Entries;

/// <summary>What is committed together with a put.</summary>
/// <param name="Check">What must hold besides; null when it does.</param>
/// <param name="Emit">What is recorded besides.</param>
internal sealed record PutCompanion(Func<CommitContext, HutchError?> Check, Action<CommitContext> Emit);
