"""The functions in the templates, and the example's application, against moto."""

import base64
import json
import os
import queue
import sys
import threading
import unittest
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import boto3
import yaml
from botocore.stub import Stubber
from moto import mock_aws

NOTES = Path('infra-cfn/examples/notes')
os.environ.update(
    AWS_ACCESS_KEY_ID='none', AWS_SECRET_ACCESS_KEY='none', AWS_DEFAULT_REGION='eu-central-1', AWS_REGION='eu-central-1'
)


class Template(yaml.SafeLoader):
    """CloudFormation's short forms, as what they are called with."""


Template.add_multi_constructor('!', lambda loader, tag, node: getattr(node, 'value', None))


def function(template, resource):
    """The namespace of a function's code, as Lambda makes it."""
    properties = yaml.load(Path(template).read_text(), Template)['Resources'][resource]['Properties']
    module = {}
    exec(compile(properties['Code']['ZipFile'], template, 'exec'), module)
    return module


def make_table():
    os.environ['NOTES_TABLE'] = 'notes'
    boto3.client('dynamodb').create_table(
        TableName='notes',
        BillingMode='PAY_PER_REQUEST',
        AttributeDefinitions=[{'AttributeName': name, 'AttributeType': 'S'} for name in ('author', 'id')],
        KeySchema=[{'AttributeName': 'author', 'KeyType': 'HASH'}, {'AttributeName': 'id', 'KeyType': 'RANGE'}],
    )


@mock_aws
class MailRotation(unittest.TestCase):
    def setUp(self):
        os.environ.update(USER='sender', SES_REGION='eu-central-1')
        self.iam, self.secrets = boto3.client('iam'), boto3.client('secretsmanager')
        self.iam.create_user(UserName='sender')
        empty = json.dumps({'username': 'none', 'password': 'x'})
        self.arn = self.secrets.create_secret(Name='smtp', SecretString=empty)['ARN']
        self.rotate = function('infra-cfn/stacks/mail.yaml', 'Rotation')['rotate']

    def rotation(self, token):
        for step in ('createSecret', 'setSecret', 'testSecret', 'finishSecret'):
            self.rotate({'Step': step, 'SecretId': self.arn, 'ClientRequestToken': token}, None)

    def current(self):
        return json.loads(
            self.secrets.get_secret_value(SecretId=self.arn, VersionStage='AWSCURRENT')['SecretString']
        )

    def keys(self):
        return {key['AccessKeyId'] for key in self.iam.list_access_keys(UserName='sender')['AccessKeyMetadata']}

    def test_password_has_the_form_that_ses_reads(self):
        self.rotation(str(uuid.uuid4()))
        secret = self.current()
        self.assertIn(secret['username'], self.keys())
        raw = base64.b64decode(secret['password'])
        self.assertEqual((len(raw), raw[0]), (33, 4))

    def test_key_before_stays_good_and_the_one_before_that_goes(self):
        names = []
        for _ in range(3):
            self.rotation(str(uuid.uuid4()))
            names.append(self.current()['username'])
        self.assertEqual(len(set(names)), 3)
        self.assertEqual(self.keys(), set(names[1:]))

    def test_a_step_that_is_called_again_changes_nothing(self):
        token = str(uuid.uuid4())
        self.rotation(token)
        before = (self.current(), self.keys())
        self.rotate({'Step': 'finishSecret', 'SecretId': self.arn, 'ClientRequestToken': token}, None)
        self.assertEqual((self.current(), self.keys()), before)


class Answers:
    """CloudFormation's module in Lambda: what a function answers."""

    SUCCESS, FAILED = 'SUCCESS', 'FAILED'

    def __init__(self):
        self.said = []
        sys.modules['cfnresponse'] = self

    def send(self, event, context, status, data, physical_id, reason=None):
        self.said.append((event['RequestType'], status))


class AccountSettings(unittest.TestCase):
    """moto has no PutAccountSettingDefault: botocore's own model says whether the call is right."""

    def test_settings_are_set_and_stay_when_the_stack_goes(self):
        answers, ecs = Answers(), boto3.client('ecs')
        module = function('infra-cfn/stacks/account-settings.yaml', 'Setter')
        module['boto3'] = SimpleNamespace(client=lambda name: ecs)
        setting = {'name': 'awsvpcTrunking', 'value': 'enabled'}
        wanted = {'Settings': {'awsvpcTrunking': 'enabled'}}
        with Stubber(ecs) as stub:
            for _ in range(2):
                stub.add_response('put_account_setting_default', {'setting': setting}, setting)
            stub.add_client_error('put_account_setting_default', 'AccessDeniedException')
            for kind in ('Create', 'Update', 'Update', 'Delete'):
                module['handler']({'RequestType': kind, 'ResourceProperties': wanted}, None)
            stub.assert_no_pending_responses()
        said = [('Create', 'SUCCESS'), ('Update', 'SUCCESS'), ('Update', 'FAILED'), ('Delete', 'SUCCESS')]
        self.assertEqual(answers.said, said)


class ClosedGroup(unittest.TestCase):
    """moto revokes no rules by their ids: botocore's own model says whether the calls are right."""

    def test_the_default_group_loses_its_rules_and_keeps_them_lost(self):
        answers, ec2 = Answers(), boto3.client('ec2')
        module = function('infra-cfn/stacks/network-guard.yaml', 'Closer')
        module['boto3'] = SimpleNamespace(client=lambda name: ec2)
        asked = {'Filters': [{'Name': 'group-id', 'Values': ['sg-1']}]}
        rules = [{'SecurityGroupRuleId': f'sgr-{is_egress}', 'IsEgress': is_egress} for is_egress in (False, True)]
        with Stubber(ec2) as stub:
            stub.add_response('describe_security_group_rules', {'SecurityGroupRules': rules}, asked)
            for way, is_egress in (('egress', True), ('ingress', False)):
                gone = {'GroupId': 'sg-1', 'SecurityGroupRuleIds': [f'sgr-{is_egress}']}
                stub.add_response(f'revoke_security_group_{way}', {'Return': True}, gone)
            stub.add_response('describe_security_group_rules', {'SecurityGroupRules': []}, asked)
            stub.add_client_error('describe_security_group_rules', 'UnauthorizedOperation')
            for kind in ('Create', 'Update', 'Update', 'Delete'):
                module['handler']({'RequestType': kind, 'ResourceProperties': {'Group': 'sg-1'}}, None)
            stub.assert_no_pending_responses()
        said = [('Create', 'SUCCESS'), ('Update', 'SUCCESS'), ('Update', 'FAILED'), ('Delete', 'SUCCESS')]
        self.assertEqual(answers.said, said)


@mock_aws
class ReleasedInstances(unittest.TestCase):
    def setUp(self):
        ec2, self.group = boto3.client('ec2'), boto3.client('autoscaling')
        image = ec2.describe_images()['Images'][0]['ImageId']
        ec2.create_launch_template(
            LaunchTemplateName='one', LaunchTemplateData={'ImageId': image, 'InstanceType': 't3.large'}
        )
        self.group.create_auto_scaling_group(
            AutoScalingGroupName='instances',
            LaunchTemplate={'LaunchTemplateName': 'one'},
            MinSize=2,
            MaxSize=2,
            AvailabilityZones=['eu-central-1a'],
            NewInstancesProtectedFromScaleIn=True,
        )

    def protected(self):
        [found] = self.group.describe_auto_scaling_groups()['AutoScalingGroups']
        return found['NewInstancesProtectedFromScaleIn'], [one['ProtectedFromScaleIn'] for one in found['Instances']]

    def test_protection_goes_with_the_stack_and_not_before(self):
        answers = Answers()
        handler = function('infra-cfn/stacks/instances.yaml', 'Releaser')['handler']
        for kind in ('Create', 'Update'):
            handler({'RequestType': kind, 'ResourceProperties': {'Group': 'instances'}}, None)
        self.assertEqual(self.protected(), (True, [True, True]))
        handler({'RequestType': 'Delete', 'ResourceProperties': {'Group': 'instances'}}, None)
        self.assertEqual(self.protected(), (False, [False, False]))
        handler({'RequestType': 'Delete', 'ResourceProperties': {'Group': 'gone'}}, None)
        self.assertEqual([status for _, status in answers.said], ['SUCCESS'] * 4)


@mock_aws
class Notes(unittest.TestCase):
    def test_notes_are_kept_by_author_newest_first_and_counted_by_the_function(self):
        make_table()
        sys.path.insert(0, str(NOTES / 'playbooks/roles/notes/files'))
        import notes

        client = notes.make_application(boto3.resource('dynamodb').Table('notes')).test_client()
        for text in ('one', 'two', 'three'):
            self.assertEqual(client.post('/notes/ann', json={'text': text}).status_code, 201)
        found = client.get('/notes/ann').get_json()
        self.assertEqual([note['text'] for note in found], ['three', 'two', 'one'])
        self.assertEqual(client.get('/notes/bob').get_json(), [])
        self.assertEqual(client.delete(f'/notes/ann/{found[0]["id"]}').status_code, 204)
        for wrong in ({'text': ''}, {'text': 'x' * 4001}, {'text': 1}, {}):
            self.assertEqual(client.post('/notes/ann', json=wrong).status_code, 400)
        count = function(NOTES / 'stacks/function.yaml', 'Count')['count']
        self.assertEqual(json.loads(count({'path': '/count/ann'}, None)['body']), {'author': 'ann', 'notes': 2})
        self.assertEqual(count({'path': '/count'}, None)['statusCode'], 400)


class Traces(unittest.TestCase):
    def test_a_request_is_told_to_the_collector_in_the_trace_of_the_load_balancer(self):
        sys.path.insert(0, str(NOTES / 'playbooks/roles/notes/files'))
        from tracing import Tracing

        told = queue.Queue()

        class Collector(BaseHTTPRequestHandler):
            def do_POST(self):
                told.put((self.path, json.loads(self.rfile.read(int(self.headers['Content-Length'])))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        os.environ['no_proxy'] = '*'
        server = HTTPServer(('127.0.0.1', 0), Collector)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

        def busy(environ, start_response):
            start_response('503 Busy', [])
            return [b'later']

        application = Tracing(busy, f'http://127.0.0.1:{server.server_port}/v1/traces')
        header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
        for path in ('/readyz', '/notes/ann'):
            environ = {'REQUEST_METHOD': 'GET', 'PATH_INFO': path, 'HTTP_X_AMZN_TRACE_ID': header}
            self.assertEqual(application(environ, lambda *_: None), [b'later'])
        path, body = told.get(timeout=10)
        [span] = body['resourceSpans'][0]['scopeSpans'][0]['spans']
        self.assertEqual((path, span['traceId']), ('/v1/traces', '5759e988bd862e3fe1be46a994272793'))
        self.assertEqual((span['parentSpanId'], span['status']), ('53995c3f42cd8ad8', {'code': 2}))
        self.assertTrue(told.empty(), 'checks of the health are not told')


if __name__ == '__main__':
    unittest.main()
