using SegBridge.Server.Services;

// Generated messages are told here which of them name a session.
namespace SegBridge.V1;

public sealed partial class ResumeSessionRequest : ISessionRequest;

public sealed partial class CloseSessionRequest : ISessionRequest;

public sealed partial class KeepAliveRequest : ISessionRequest;

public sealed partial class PutBricksRequest : ISessionRequest;

public sealed partial class PredictRequest : ISessionRequest;

public sealed partial class ChooseCandidateRequest : ISessionRequest;

public sealed partial class PropagateRequest : ISessionRequest;

public sealed partial class AcceptRequest : ISessionRequest;

public sealed partial class HistoryRequest : ISessionRequest;

public sealed partial class GoToStepRequest : ISessionRequest;

public sealed partial class ListSegmentsRequest : ISessionRequest;

public sealed partial class PutSegmentRequest : ISessionRequest;

public sealed partial class RemoveSegmentRequest : ISessionRequest;

public sealed partial class GetMaskRequest : ISessionRequest;

public sealed partial class ExportRequest : ISessionRequest;

public sealed partial class StoreRequest : ISessionRequest;

public sealed partial class AddExamplesRequest : ISessionRequest;
