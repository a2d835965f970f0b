using Hutch.Messaging;
using Hutch.Site.Runs;

namespace Hutch.Live;

/// <summary>A frame to be analysed, with the message that told of it; none for those that were there already.</summary>
internal readonly record struct FrameWork(StoredFrame Frame, Delivery? News);
