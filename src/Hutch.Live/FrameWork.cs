using System.Text.Json;
using Hutch.Datasets.Runs;
using Hutch.Messaging;

namespace Hutch.Live;

/// <summary>A frame to be analysed, with the message that told of it; none for those that were there already.</summary>
internal readonly record struct FrameWork(StoredFrame Frame, Delivery? News);

/// <summary>A frame that was analysed.</summary>
internal readonly record struct FinishedFrame(FrameWork Work, JsonElement Row);

/// <summary>How a run ends.</summary>
internal sealed record RunEnd(Model.Records.RunOutcome Outcome, string? Message, IReadOnlyList<Model.Records.ParentReference>? Inputs);
