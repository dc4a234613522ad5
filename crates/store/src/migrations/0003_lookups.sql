-- Tasks are found by the call, the conversation or the interaction that their attributes name.
ALTER TABLE tasks ADD COLUMN call_sid TEXT;
ALTER TABLE tasks ADD COLUMN conversation_sid TEXT;
ALTER TABLE tasks ADD COLUMN interaction_sid TEXT;
CREATE INDEX tasks_by_call ON tasks (call_sid, date_created, sid) WHERE call_sid IS NOT NULL;
CREATE INDEX tasks_by_conversation ON tasks (conversation_sid, date_created, sid) WHERE conversation_sid IS NOT NULL;
CREATE INDEX tasks_by_interaction ON tasks (interaction_sid, date_created, sid) WHERE interaction_sid IS NOT NULL;

-- Events are found by the task channel of their task.
ALTER TABLE events ADD COLUMN task_channel TEXT;
