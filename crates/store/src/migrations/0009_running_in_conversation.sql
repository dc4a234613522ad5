-- Who hears what is written in a conversation: without the flow and the order in it, the planner walks a flow's executions.
DROP INDEX executions_by_conversation;
CREATE INDEX executions_by_conversation ON executions (conversation, flow, date_created, sid) WHERE conversation IS NOT NULL AND status = 'active';
DROP INDEX executions_by_call;
CREATE INDEX executions_by_call ON executions (call, flow, date_created, sid) WHERE call IS NOT NULL;
