-- Where an app's cloud functions are, by the environment's name that its program uses.
CREATE TABLE merchant_cloud (
  app_id TEXT NOT NULL REFERENCES merchant_app (id),
  env TEXT NOT NULL,
  address TEXT NOT NULL,               -- https://host/path without a slash at the end
  PRIMARY KEY (app_id, env)
);
